// Command session is the session process: it holds the user's memory, the lab
// and the compiled cells. The kernel process builds and starts it; see
// kernel/engine/host.
package main

import (
	"os"

	"glassy/kernel/engine/cell"
	"glassy/kernel/engine/host"
	"glassy/lab/data"
	"glassy/lab/run"

	// What the process has, the cells share; other packages come with the
	// first cell that imports them.
	_ "glassy/cuda"
	_ "glassy/lab/device"
	_ "glassy/lab/fig"
	_ "glassy/lab/glass"
	_ "glassy/lab/landscape"
	_ "glassy/lab/net"
	_ "glassy/lab/optim"
	_ "glassy/lab/rng"
	_ "glassy/lab/thesis"
	_ "glassy/lab/wells"
)

func main() {
	chooseBLAS()
	searchLibraries()
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "blas":
			tellBLAS()
		case "cuda":
			tellCUDA()
		}
		return
	}
	chooseDevice()
	run.SetHost(run.Host{
		Context:  cell.Context,
		Progress: func(p run.Progress) { host.Progress(p.Name, p.Done, p.Total, p.Elapsed, p.Ended) },
	})
	data.SetHome(data.Folders(os.Getenv)...)
	host.Main(map[string]func(string) string{"device": useDevice})
}
