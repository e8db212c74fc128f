// Package server is a Jupyter kernel: it joins the sockets of package wire and
// an [Engine], one request in, its replies out.
//
//	server.go     Config, New, Run, Interrupt; the loops and the tables of handlers
//	subshells.go  shells beside the main one, and which request is for which
//	queue.go      shell requests in order, what is aborted, what is interrupted
//	execute.go    execute_request;  cell.go  which of the notebook's cells it is
//	requests.go   the small requests: complete, inspect, is_complete, history, ...
//	info.go       kernel_info
//	debug.go      debug_request and debug_event
//	comm.go       comms, and which are open
//	coalesce.go   a slider's updates that wait, put together
//	output.go     engine.Output of one request: iopub messages with its parent
//	allowance.go  how much a cell may print
//	outbox.go     iopub in order, with rapid stream text put together
//	stdin.go      input_request and its reply
//	history.go    the history file;  glob.go  its search patterns
//	cursor.go     code points of the protocol, bytes of the engine
//
// Shell requests are handled one after another, in the order in which they
// came; control requests at once, beside them. A handler that panics costs its
// own request only.
package server
