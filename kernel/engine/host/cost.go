package host

import (
	"runtime"
	"time"
)

// Cost is what a run took, and where it ran.
type Cost struct {
	Wall, CPU float64 // seconds; of all threads
	Go        string
	Device    string
	Threads   int
}

// device tells where the work of the laboratory is done.
var device = func() string { return "" }

// SetDevice has f tell where work is done. It is called before Main.
func SetDevice(f func() string) { device = f }

// meter measures a run.
func meter() (read func() *Cost) {
	cpu, start := cpuTime(), time.Now()
	return func() *Cost {
		return &Cost{time.Since(start).Seconds(), (cpuTime() - cpu).Seconds(), runtime.Version(), device(), runtime.GOMAXPROCS(0)}
	}
}
