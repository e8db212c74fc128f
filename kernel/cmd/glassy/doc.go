// Command glassy is the Jupyter kernel for Go, and the tools around it.
//
//	main.go       the table of commands, help, exit codes
//	app.go        what the commands share: streams, folders, the session
//	kernel.go     kernel: what Jupyter starts
//	install.go    install, with kernelspec.go (where Jupyter looks) and source.go (what cells are compiled against)
//	uninstall.go  uninstall
//	run.go        run: a notebook, without Jupyter; verify.go: again, compared with what it keeps
//	eval.go       eval: one cell
//	figures.go    figures: the thesis's figures and tables, by number
//	data.go       data: data sets
//	worker.go     worker: tasks of a cluster; cluster.go: cluster, its server and status
//	doctor.go     doctor: what is there, what is missing, what to do
//	terminal.go   what a cell emits, on a terminal
//	version.go    version
//
// Each command is a method of app, whose streams, environment and engine are
// fields, so that the tests run the commands in-process.
//
// Exit codes: 0 all well; 1 the user's code, the notebook or the installation
// failed; 2 the command line is wrong.
package main
