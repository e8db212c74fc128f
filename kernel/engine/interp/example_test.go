package interp_test

import (
	"fmt"

	"glassy/kernel/engine/interp"
	"glassy/kernel/symbols"
)

// A package is interpreted; what it imports is compiled. Later ones may import it.
func Example() {
	w := interp.New(interp.Host{
		Importer: symbols.Standard.Importer(), Symbols: symbols.Tables(symbols.Standard),
		Source: symbols.Source(symbols.Standard), GoVersion: "go1.26",
	})
	err := w.Load("cells/c1", `package c1

type Celsius float64

func (c Celsius) String() string { return "warm" }

func Sum[T ~int | ~float64](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return s
}
`)
	if err != nil {
		fmt.Println(err)
	}
	err = w.Load("cells/c2", `package c2

import (
	"cells/c1"
	"fmt"
	"glassy/lab/glass"
)

func init() {
	fmt.Printf("%v %.2f\n", c1.Celsius(20), float64(c1.Sum[c1.Celsius](20, 1.5)))
	fmt.Printf("%.4f\n", glass.GroundEnergy(3)) // of the spherical 3-spin glass, a spin
}
`)
	fmt.Println(err)
	err = w.Load("cells/c3", `package c3

import "iter"

func init() { iter.Pull(func(yield func(int) bool) { yield(1) }) }
`)
	fmt.Println(err)
	// Output:
	// warm 21.50
	// 1.6570
	// <nil>
	// cells/c3.go:5:15: this cell needs the native engine: the generic function iter.Pull
}
