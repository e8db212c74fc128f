package device

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// elsewhere is a device that is not the processor, for tests of choices; there
// are two.
type elsewhere struct {
	Device
	number int
}

func (e elsewhere) Name() string   { return [...]string{"elsewhere", "elsewhere:1"}[e.number] }
func (elsewhere) Describe() string { return "a device of this test" }

func init() {
	Register("elsewhere", func(number int) (Device, error) {
		if number > 1 {
			return nil, fmt.Errorf("number %d is asked for, but there are two", number)
		}
		return elsewhere{CPU(), number}, nil
	})
	Register("nowhere", func(int) (Device, error) { return nil, errors.New("it was left at home") })
}

func TestUse(t *testing.T) {
	defer Use("cpu")
	w := Work{Type: Float32, Calls: 1}
	if dev := For(w); dev != CPU() || Using() != "cpu" {
		t.Errorf("before any choice, landscapes live on %s, expected cpu", dev.Name())
	}
	if err := Use("elsewhere"); err != nil {
		t.Fatal(err)
	}
	if dev := For(w); dev.Name() != "elsewhere" || Using() != "elsewhere" {
		t.Errorf("landscapes live on %s, expected elsewhere", dev.Name())
	}
	for name, want := range map[string]string{
		"nowhere":      "device nowhere: it was left at home",
		"gpu":          `no device is called "gpu"; known: cpu, elsewhere, nowhere, auto`,
		"gpu:0":        `no device is called "gpu:0"; known: `,
		"elsewhere:":   `no device is called "elsewhere:"; known: `,
		"elsewhere:-1": `no device is called "elsewhere:-1"; known: `,
		"elsewhere:2":  "device elsewhere:2: number 2 is asked for, but there are two",
		"cpu:1":        "device cpu:1: processor 1 is asked for, but all cores are one device, cpu",
	} {
		if err := Use(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Use(%q): error %v, expected one with %q", name, err, want)
		}
		if Using() != "elsewhere" {
			t.Errorf("after an error of Use(%q) landscapes live on %s, expected no change", name, Using())
		}
	}
	text := Devices().String()
	for _, want := range []string{"  cpu ", "* elsewhere a device of this test", "nowhere not here: it was left at home", "  auto "} {
		if !strings.Contains(text, want) {
			t.Errorf("Devices: no %q in\n%s", want, text)
		}
	}

	if err := Use("elsewhere:1"); err != nil {
		t.Fatal(err)
	}
	if dev := For(w); dev.Name() != "elsewhere:1" || Using() != "elsewhere:1" {
		t.Errorf("landscapes live on %s, expected elsewhere:1", dev.Name())
	}
	if text, want := Devices().String(), "* elsewhere:1 a device of this test"; strings.Count(text, "*") != 1 || !strings.Contains(text, want) {
		t.Errorf("Devices: no %q, or other marks, in\n%s", want, text)
	}
	if dev, err := Open("elsewhere:0"); err != nil || dev.Name() != "elsewhere" {
		t.Errorf("number 0 is not the first: %v, %v", dev, err)
	}
}

// Small work goes where a call is cheap, large work where products are.
func TestFastest(t *testing.T) {
	far := Device(elsewhere{CPU(), 0})
	costs := func(dev Device, _ DType) Costs {
		if dev == far {
			return Costs{Call: 5e-6, Flop: 1e-13, Byte: 1e-12}
		}
		return Costs{Call: 1e-7, Flop: 1e-11, Byte: 1e-10}
	}
	for _, c := range []struct {
		w    Work
		want Device
	}{
		{Work{Calls: 20, Flops: 1e6, Bytes: 1e5}, CPU()},   // 22 µs against 100
		{Work{Calls: 20, Flops: 1e8, Bytes: 1e5}, far},     // 1 ms against 110 µs
		{Work{Calls: 1, Bytes: 1e8}, far},                  // a pass over much memory
		{Work{Calls: 1000, Flops: 1e8, Bytes: 1e6}, CPU()}, // a long row of small operations
	} {
		if got := fastest(c.w, []Device{CPU(), far}, costs); got != c.want {
			t.Errorf("%+v is put on %s, expected %s", c.w, got.Name(), c.want.Name())
		}
	}
}

// The model is of this machine: it foretells a product within a factor that
// other work on the machine explains.
func TestMeasure(t *testing.T) {
	c := Measure(CPU(), Float32)
	if !(c.Call > 0 && c.Call < 1e-4 && c.Flop > 1e-15 && c.Flop < 1e-8 && c.Byte > 1e-14 && c.Byte < 1e-8) {
		t.Errorf("%+v: expected seconds of a processor", c)
	}
	const n = 512
	a, b := CPU().New(Float32, n*n), CPU().New(Float32, n*n)
	took := best(func() { CPU().Gemm(false, false, n, n, n, 1, a, n, a, n, 0, b, n) })
	if told := c.Seconds(Work{Calls: 1, Flops: 2 * n * n * n}); told > 20*took || took > 20*told {
		t.Errorf("a product of two %d×%d matrices took %.3g s, the model says %.3g", n, n, took, told)
	}
}
