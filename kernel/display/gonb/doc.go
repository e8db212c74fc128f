// Package gonb serves the protocol of github.com/janpfeifer/gonb/gonbui, so that
// its DisplayHTML, images, UpdateHTML, plotly, widgets and input work in a cell as
// they are.
//
// To gonbui a cell is a program of its own, which finds the names of two pipes in
// its environment: on one it writes what is to be shown, and values for the page,
// and on the other it reads the page's values, all by encoding/gob. Here both ends
// are in the session process, and the names are those of its own descriptors, so
// that no file is made and no program that a cell starts writes in between.
//
//	serve.go   the pipes: what gonbui asks, and what is done
//	page.go    values to and from the page, by comms of the target gonb_comm
//	comm.js    the page's side
//
// The types are gonbui's own, since gob names types by the path of their package.
package gonb
