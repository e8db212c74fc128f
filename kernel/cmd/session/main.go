// Command session is the session process: it holds the user's memory, the lab
// and the compiled cells. The kernel process builds and starts it; see
// kernel/engine/cell.
package main

import (
	"glassy/kernel/engine/cell"

	// What the process has, the cells share; other packages come with the
	// first cell that imports them.
	_ "glassy/lab/fig"
	_ "glassy/lab/glass"
	_ "glassy/lab/run"
	_ "glassy/lab/thesis"
)

func main() { cell.Main() }
