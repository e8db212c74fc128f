// Package host is the main loop of the session process: it loads compiled
// cells, runs them one at a time, and tells the kernel process how they ended.
//
// The kernel process writes a [Request] after another on file descriptor 3, as
// JSON, and reads a [Message] after another on descriptor 4; standard output
// and error are pipes of their own. What cells call stands in package cell,
// which is compiled into each of them and is kept small for that. debug.go
// answers a debugger about what package cell/debug has stopped; package inspect
// shows it the values.
package host
