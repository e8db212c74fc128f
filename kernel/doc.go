// Package kernel is the root of the Jupyter kernel for Go.
//
// Two processes. The kernel process (static, no cgo) holds the sockets, the
// session's front end and the compiler. Its child, the session process, holds
// the user's memory: the lab and the compiled cells. User code that dies costs
// its variables, never the kernel.
//
//	wire         Jupyter messages 5.4 over ZeroMQ; knows no Go and no lab
//	engine       cell text in; values, errors and display bundles out; no sockets
//	engine/host  the main loop of the session process
//	engine/interp  interprets cells, where there is no toolchain
//	engine/profile  a CPU profile as tables and a flame graph
//	engine/cell  what compiled cells call; compiled into each of them, so it is small
//	engine/checkpoint  values of variables in a file
//	engine/compare     whether two runs of a cell gave the same
//	display      the MIME bundle, and the small interface a value satisfies to be shown
//	display/gonb  gonbui's protocol, so that cells written for gonb show what they show
//	display/widgets  sliders and buttons, as ipywidgets has them
//	symbols      what interpreted cells import: tables and types, generated
//	server       joins wire and engine: one request in, its replies out
//	cmd          glassy (the program, and the session process that interprets) and
//	             session (the session process that opens compiled cells)
//	conformance  the kernel held against Jupyter, in Python: what CI runs
//	bench        the kernel timed beside ipykernel
//
// wire, engine, server and display import neither lab nor cuda; lab imports
// neither kernel nor cuda. arch_test.go holds the table of allowed imports.
package kernel
