// Package server is a Jupyter kernel: it joins the sockets of package wire and
// an [Engine], one request in, its replies out.
//
//	server.go     Config, New, Run, Interrupt; the loops and the tables of handlers
//	queue.go      shell requests in order, what is aborted, what is interrupted
//	execute.go    execute_request
//	requests.go   the small requests: complete, inspect, is_complete, history, ...
//	info.go       kernel_info
//	comm.go       comms, and which are open
//	output.go     engine.Output of one request: iopub messages with its parent
//	outbox.go     iopub in order, with rapid stream text put together
//	stdin.go      input_request and its reply
//	history.go    the history file;  glob.go  its search patterns
//	cursor.go     code points of the protocol, bytes of the engine
//
// Shell requests are handled one after another, in the order in which they
// came; control requests at once, beside them. A handler that panics costs its
// own request only.
package server
