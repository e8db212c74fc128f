package data

import (
	"fmt"
	"strings"
)

// Load reads the training and the test part of a set of images by name, from
// the folders given, or those of [SetHome]. Every file is checked against its
// published hash. An unknown name is an error that lists the known ones; a file
// that is not there, one that wraps fs.ErrNotExist and says how to get it.
//
//	mnist     60,000 + 10,000 handwritten digits, 1×28×28 (LeCun, Cortes, Burges 1998)
//	fashion   60,000 + 10,000 pieces of clothing, 1×28×28 (Xiao, Rasul, Vollgraf 2017)
//	cifar10   50,000 + 10,000 objects of 10 classes, 3×32×32 (Krizhevsky 2009)
//	cifar100  50,000 + 10,000 objects of 100 classes, 3×32×32 (Krizhevsky 2009)
//	svhn      73,257 + 26,032 digits of house numbers, 3×32×32 (Netzer et al. 2011), from
//	          the user's own folder only: train_32x32.mat, test_32x32.mat
//	digits    1,438 + 359 handwritten digits, 1×8×8, with the program: Digits().Split(0.2, 0)
//
// Pixels are on [0, 1]: see [Set.Rescale], [Set.Normalize] and [GlobalContrast].
func Load(name string, dirs ...string) (train, test *Set, err error) {
	s, err := find(name, "set of images", func(s Source) bool { return s.images != nil })
	if err != nil {
		return nil, nil, err
	}
	files, err := s.read(dirs)
	if err != nil {
		return nil, nil, err
	}
	return s.images(files)
}

// MNIST is Load("mnist"). The training pixels have mean 0.1307, sd 0.3081.
func MNIST(dirs ...string) (train, test *Set, err error) { return Load("mnist", dirs...) }

// FashionMNIST is Load("fashion"). The training pixels have mean 0.2860, sd 0.3530.
func FashionMNIST(dirs ...string) (train, test *Set, err error) { return Load("fashion", dirs...) }

// CIFAR10 is Load("cifar10"). The training pixels have means 0.4914, 0.4822,
// 0.4465 and sd 0.2470, 0.2435, 0.2616 in red, green and blue.
func CIFAR10(dirs ...string) (train, test *Set, err error) { return Load("cifar10", dirs...) }

// CIFAR100 is Load("cifar100"), with the fine labels.
func CIFAR100(dirs ...string) (train, test *Set, err error) { return Load("cifar100", dirs...) }

// SVHN is Load("svhn"): 0 is the digit 0.
func SVHN(dirs ...string) (train, test *Set, err error) { return Load("svhn", dirs...) }

// Characters reads a text by name as characters: see [NewCharacters]. Folders
// and errors are as for [Load].
//
//	war-and-peace  3,196,214 characters, 83 different ones
//	gutenberg      3,246,451 characters, 83 different ones, of four English novels
//	               (Emma, Persuasion, Sense and Sensibility, Moby Dick): as long as War
//	               and Peace, where that is not at hand. Numbers do not compare.
func Characters(name string, dirs ...string) (*Corpus, error) {
	s, err := find(name, "text of characters", func(s Source) bool { return s.characters != nil })
	if err != nil {
		return nil, err
	}
	files, err := s.read(dirs)
	if err != nil {
		return nil, err
	}
	return s.characters(files)
}

// Words reads a text by name as words, 10,000 different ones: see [NewWords].
// Folders and errors are as for [Load].
//
//	ptb        the Penn Treebank as Mikolov prepared it, ptb.train.txt, ptb.valid.txt,
//	           ptb.test.txt: under licence, so from the user's own folder only
//	gutenberg  18 English books in the same form, each divided 90 : 5 : 5: where the
//	           Penn Treebank is not at hand. Numbers do not compare.
func Words(name string, dirs ...string) (*Corpus, error) {
	s, err := find(name, "text of words", func(s Source) bool { return s.words != nil })
	if err != nil {
		return nil, err
	}
	files, err := s.read(dirs)
	if err != nil {
		return nil, err
	}
	return s.words(files)
}

// Lookup is the source of that name. An unknown name is an error that lists the
// known ones.
func Lookup(name string) (Source, error) {
	return find(name, "data set", func(Source) bool { return true })
}

func find(name, kind string, is func(Source) bool) (Source, error) {
	var known []string
	for _, s := range Sources() {
		if !is(s) {
			continue
		}
		if s.Name == name {
			return s, nil
		}
		known = append(known, s.Name)
	}
	return Source{}, fmt.Errorf("data: no %s is called %q; known: %s", kind, name, strings.Join(known, ", "))
}
