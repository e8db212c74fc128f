// Command session is the session process: it holds the user's memory, the lab
// and the compiled cells. The kernel process builds and starts it; see
// kernel/engine/host.
package main

import (
	"fmt"
	"os"

	"glassy/kernel/cmd/internal/process"
	"glassy/kernel/engine/host"

	// What the process has, the cells share; other packages come with the
	// first cell that imports them.
	_ "glassy/cuda"
	_ "glassy/lab"
	_ "glassy/lab/cluster"
	_ "glassy/lab/device"
	_ "glassy/lab/embed"
	_ "glassy/lab/entropy"
	_ "glassy/lab/fig"
	_ "glassy/lab/glass"
	_ "glassy/lab/glass/sparse"
	_ "glassy/lab/landscape"
	_ "glassy/lab/net"
	_ "glassy/lab/noneq"
	_ "glassy/lab/noneq/information"
	_ "glassy/lab/noneq/transport"
	_ "glassy/lab/optim"
	_ "glassy/lab/pde"
	_ "glassy/lab/perceptron"
	_ "glassy/lab/rng"
	_ "glassy/lab/sde"
	_ "glassy/lab/spectrum"
	_ "glassy/lab/thesis"
	_ "glassy/lab/trajectory"
	_ "glassy/lab/wells"
)

func main() {
	chooseLibraries()
	searchLibraries()
	if len(os.Args) > 1 {
		os.Exit(command(os.Args[1], os.Args[2:]))
	}
	process.Main(host.OpenPlugin)
}

// command is what the program glassy, which is linked without the libraries and
// the GPU, asks of this one.
func command(name string, args []string) (exit int) {
	switch name {
	case "blas":
		tellBLAS()
	case "fft":
		tellFFT()
	case "cuda":
		return tellCUDA()
	case "figures":
		return makeFigures(args)
	case "worker":
		return work(args)
	default:
		fmt.Fprintf(os.Stderr, "session: command %q, expected blas, fft, cuda, figures or worker\n", name)
		return 2
	}
	return 0
}
