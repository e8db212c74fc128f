// Package data reads real data sets, labelled images and texts, and prepares
// them for a network.
//
//	set.go        Set: samples and labels in memory; subsets, splits, a check
//	load.go       sets and texts by name
//	sources.go    the sets there are: files, hashes, terms
//	file.go       finding a set's files and checking them
//	home.go       where they are looked for
//	idx.go cifar.go svhn.go digits.go text.go   the formats
//	matlab.go     the numeric arrays of MATLAB's files
//	scale.go      pixels on another scale, per channel, per image; smaller images
//	zca.go        whitening
//	augment.go    mirror and crop
//	datatest      for tests that need real data
//
// A set is read whole into memory: MNIST is 220 MB, CIFAR-10 is 740 MB. What is
// read is checked against its published hash every time, so that a damaged or a
// wrong file is an error and never a strange result.
//
// Nothing is fetched here: the command "glassy data get" does that. In a notebook
// data.MNIST() finds what it has fetched, and what lies in the folder that
// GLASSY_DATA names; a program of your own says where to look, in the call or
// with [SetHome]:
//
//	data.SetHome(data.Folders(os.Getenv)...)
//
// CIFAR-10 as the thesis prepares it:
//
//	train, test, err := data.CIFAR10()
//	train.GlobalContrast()
//	test.GlobalContrast()
//	z, err := data.FitZCA(ctx, device.CPU(), train, 1e-5)
//	train, err = z.Apply(ctx, device.CPU(), train)
//	test, err = z.Apply(ctx, device.CPU(), test)
package data
