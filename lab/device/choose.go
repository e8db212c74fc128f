package device

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// choice is which device landscapes get that are given none.
var choice struct {
	sync.Mutex
	auto  bool
	fixed Device // nil: the processor
}

// Auto is the name under which [Use] lets each landscape's work decide.
const Auto = "auto"

// Use makes a device the one of all landscapes made from now on that are given
// none: a name that [Open] takes, or "auto", where each is put where its work takes
// least time (see [For]). It is for programs; until one calls it, that is the
// processor. An error, of [Open], changes nothing.
func Use(name string) error {
	var dev Device
	if name != Auto {
		var err error
		if dev, err = openKnown(name, append(Names(), Auto)); err != nil {
			return err
		}
	}
	choice.Lock()
	defer choice.Unlock()
	choice.auto, choice.fixed = name == Auto, dev
	return nil
}

// Using is the name that was given to Use last: "cpu" if none was.
func Using() string {
	choice.Lock()
	defer choice.Unlock()
	switch {
	case choice.auto:
		return Auto
	case choice.fixed != nil:
		return choice.fixed.Name()
	}
	return "cpu"
}

// A Work is what a landscape does again and again, a step of training say.
type Work struct {
	Type  DType
	Calls int     // operations of a device
	Flops float64 // multiplications and additions in matrix products and convolutions
	Bytes float64 // read and written by operations that are no products
}

// For is the device for a landscape that is given none: what [Use] named, or,
// under "auto", the one on which the work takes least time by its [Costs]. These
// are measured, some tenths of a second, when a machine has another device than
// the processor and auto first asks.
func For(w Work) Device {
	choice.Lock()
	auto, fixed := choice.auto, choice.fixed
	choice.Unlock()
	switch {
	case fixed != nil:
		return fixed
	case !auto:
		return CPU()
	}
	return fastest(w, append([]Device{CPU()}, others()...), costsOf)
}

// fastest is the first of the devices on which the work takes least time. One
// device alone is not measured.
func fastest(w Work, devs []Device, costs func(Device, DType) Costs) Device {
	if len(devs) == 1 {
		return devs[0]
	}
	return slices.MinFunc(devs, func(a, b Device) int {
		return cmp.Compare(costs(a, w.Type).Seconds(w), costs(b, w.Type).Seconds(w))
	})
}

// others is the devices beside the processor that open on this machine.
var others = sync.OnceValue(func() (devs []Device) {
	for _, s := range Devices() {
		if s.Device != nil && s.Device != CPU() {
			devs = append(devs, s.Device)
		}
	}
	return devs
})

var measured struct {
	sync.Mutex
	costs map[costKey]Costs
}

type costKey struct {
	dev Device
	t   DType
}

func costsOf(dev Device, t DType) Costs {
	measured.Lock()
	defer measured.Unlock()
	k := costKey{dev, t}
	c, ok := measured.costs[k]
	if !ok {
		if measured.costs == nil {
			measured.costs = make(map[costKey]Costs)
		}
		c = Measure(dev, t)
		measured.costs[k] = c
	}
	return c
}

// A State is a device and whether this machine has it.
type State struct {
	Name   string
	Device Device // nil: it does not open,
	Err    error  // for this reason
}

// A Listing is the first device of each kind, and the one in use.
type Listing []State

// Devices opens the first device of each registered kind and tells what came of
// it. Others of a kind are left alone, since a device that is open takes memory:
// the first one's description names them.
func Devices() Listing {
	var l Listing
	for _, name := range Names() {
		dev, err := Open(name)
		l = append(l, State{Name: name, Device: dev, Err: err})
	}
	choice.Lock()
	fixed := choice.fixed
	choice.Unlock()
	if fixed != nil && !slices.ContainsFunc(l, func(s State) bool { return s.Device == fixed }) {
		l = append(l, State{Name: fixed.Name(), Device: fixed})
	}
	return l
}

// String is a line for each device: the one in use is marked, one that the
// machine does not have says why.
func (l Listing) String() string {
	var b strings.Builder
	using := Using()
	line := func(name, what string) {
		mark := " "
		if name == using {
			mark = "*"
		}
		fmt.Fprintf(&b, "%s %-6s %s\n", mark, name, what)
	}
	for _, s := range l {
		if s.Err != nil {
			line(s.Name, "not here: "+strings.TrimPrefix(s.Err.Error(), "device "+s.Name+": "))
		} else {
			line(s.Name, s.Device.Describe())
		}
	}
	if !slices.ContainsFunc(l, func(s State) bool { return s.Name == Auto }) {
		line(Auto, "each landscape where its work takes least time")
	}
	return strings.TrimRight(b.String(), "\n")
}
