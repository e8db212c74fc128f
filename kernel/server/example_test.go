package server_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"glassy/kernel/server"
	"glassy/kernel/wire"
	"glassy/kernel/wire/wiretest"
)

// Example runs a kernel on free ports of this machine and a front end that
// sends it one cell. The engine is a scripted one: it shows what follows the
// word value.
func Example() {
	k, err := server.New(server.Config{Connection: wiretest.Local(), Engine: newFake()})
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := make(chan error)
	go func() { ended <- k.Run(context.Background()) }()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	front, err := wiretest.Dial(ctx, k.Connection())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer front.Close()
	r, err := front.Do(ctx, wire.Shell, "execute_request", wiretest.Execute("value 1.657"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(types(r))
	fmt.Println(wiretest.Content(r.Of("execute_result")[0])["data"])
	front.Send(wire.Control, "shutdown_request", map[string]bool{"restart": false})
	fmt.Println(<-ended)
	// Output:
	// busy execute_input execute_result idle
	// map[text/plain:1.657]
	// <nil>
}

// BenchmarkCell is a cell from a front end and back, over TCP on one machine,
// with an engine that takes no time: what the protocol adds to each cell.
func BenchmarkCell(b *testing.B) {
	f := connect(b, start(b, server.Config{Engine: newFake()}))
	for b.Loop() {
		f.run("value 1")
	}
}

// BenchmarkKernelInfo is the smallest request, on control.
func BenchmarkKernelInfo(b *testing.B) {
	f := connect(b, start(b, server.Config{Engine: newFake()}))
	for b.Loop() {
		f.do(wire.Control, "kernel_info_request", struct{}{})
	}
}
