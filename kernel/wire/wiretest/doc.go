// Package wiretest is a Jupyter front end for tests and benchmarks: it speaks
// the real protocol to a kernel over its real sockets, with zmq4's own DEALER,
// SUB and REQ, and gives raw access for messages that no front end would send.
//
//	c, err := wiretest.Dial(ctx, connection)
//	r, err := c.Do(ctx, wire.Shell, "execute_request", wiretest.Execute("1+1"))
//	r.Reply, r.IOPub // the reply, and what was broadcast up to idle
//
// Nothing here knows testing.T: errors are returned.
package wiretest
