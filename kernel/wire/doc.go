// Package wire speaks Jupyter messaging 5.4 over ZeroMQ. It knows no language
// and no engine: messages in, messages out.
//
//	connection.go   the connection file: addresses, ports and the key
//	message.go      messages, and their frames with HMAC-SHA256 signatures
//	sockets.go      the five sockets of a kernel and what each is for
//	listener.go     one bound socket: accept, handshake, peers
//	peer.go         one connected front end: a reader, a bounded queue, a writer
//	guard.go        refuses frames that are too large before memory is taken
//
// ZMTP itself (greeting, handshake, frames) is github.com/go-zeromq/zmq4's
// [zmq4.Conn]. Its ready-made server sockets are not used: they handshake
// inside the accept loop, so that one silent connection locks every other out;
// a peer that names an unknown socket type, or a frame of 2^62 bytes, panics in
// a goroutine of theirs and ends the process; and one slow subscriber stops all
// the others. Here each connection has goroutines, limits and a queue of its
// own, and what goes wrong with it ends it alone.
//
// What cannot be trusted (no or a wrong signature, a repeated one, parts that
// are no JSON objects) is dropped and logged, and never ends anything.
// wiretest is a client for tests and benchmarks.
package wire
