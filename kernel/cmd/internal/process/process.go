// Package process is what session processes have in common, those that open
// compiled cells and those that interpret them: the lab's side of a session.
//
//	process.go     the main loop, joined to the lab
//	device.go      %device
//	cite.go        %cite, and the notes of what was used
//	interact.go    lab.Interact over widgets
//	checkpoint.go  the lab's values in checkpoints
package process

import (
	"os"
	"slices"
	"strings"

	"glassy/kernel/display"
	"glassy/kernel/display/widgets"
	"glassy/kernel/engine/cell"
	"glassy/kernel/engine/host"
	"glassy/lab/data"
	"glassy/lab/run"
)

// Main runs the session process; open loads a cell.
func Main(open func(host.Request) error) {
	ChooseDevice()
	keepVectors()
	host.SetDevice(deviceInUse)
	run.SetHost(run.Host{
		Version:  os.Getenv("GLASSY_VERSION"), // of the program that has started this one
		Context:  cell.Context,
		Progress: func(p run.Progress) { host.Progress(p.Name, p.Done, p.Total, p.Elapsed, p.Ended) },
		Cite:     cite,
		Show:     show,
		AtEnd:    host.AtEnd,
		Interact: interact,
	})
	widgets.SetEcho(echoes(os.Getenv("JUPYTER_WIDGETS_ECHO")))
	data.SetHome(data.Folders(os.Getenv)...)
	host.Main(map[string]func(string) string{"device": useDevice, "cite": tellCited}, open)
}

// show is [run.Show] here.
func show(id string, v any, update bool) {
	if update {
		display.Update(id, v)
	} else {
		display.ShowAs(id, v)
	}
}

// echoes reads JUPYTER_WIDGETS_ECHO as ipywidgets does: yes, unless it says no.
func echoes(word string) bool {
	return !slices.Contains([]string{"0", "n", "no", "off", "false"}, strings.ToLower(word))
}
