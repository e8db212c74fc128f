package spectrum

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
)

// counted is an operator that counts its products.
func counted(a Operator) (Operator, *int) {
	n, apply := new(int), a.Apply
	a.Apply = func(v, av device.Vector) { *n++; apply(v, av) }
	return a, n
}

// An assembly that was stopped, cut off within a block, or damaged goes on where it
// was good, and gives the same bits as one that was not.
func TestAssemble(t *testing.T) {
	values := mixed(61)
	for _, c := range []struct {
		t     device.DType
		bound float64
	}{{device.Float64, 1e-13}, {device.Float32, 1e-5}} {
		op := hessianOf(values, 1, c.t)
		whole := filepath.Join(t.TempDir(), "whole")
		m, err := Assemble(context.Background(), op, whole)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Exact(context.Background(), m.Operator(device.CPU()), false)
		if err != nil {
			t.Fatal(err)
		}
		if d := distance(e.Values, values); !(d <= c.bound) {
			t.Errorf("%v: eigenvalues off by %g", c.t, d)
		}
		want, err := os.ReadFile(whole)
		if err != nil {
			t.Fatal(err)
		}

		// The files here have one block; the rows of a block are data of the file.
		path := filepath.Join(t.TempDir(), "parts")
		defer func(n int) { matrixBlock = n }(matrixBlock)
		matrixBlock = 5 * 61 * c.t.Size()
		ctx, stopped := stopping(op, 1+23) // the first product tells operators apart
		if _, err := Assemble(ctx, stopped, path); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "has 20 of 61 rows") {
			t.Errorf("%v: error %v, expected one of the stop after 20 rows", c.t, err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenMatrix(path); err == nil || !strings.Contains(err.Error(), "Assemble goes on with it") {
			t.Errorf("%v: opened a part: %v", c.t, err)
		}
		for _, damage := range []struct {
			what     string
			file     []byte
			products int
		}{
			{"stopped", b, 61 - 20},
			{"cut off", b[:len(b)-7], 61 - 15},
			{"of garbage", append(slices.Clone(b), make([]byte, 1000)...), 61 - 20},
			{"with a flipped bit", func() []byte { d := slices.Clone(b); d[len(d)-9] ^= 4; return d }(), 61 - 15},
		} {
			if err := os.WriteFile(path, damage.file, 0o644); err != nil {
				t.Fatal(err)
			}
			a, n := counted(op)
			m, err := Assemble(context.Background(), a, path)
			if err != nil || *n != damage.products+2 {
				t.Fatalf("%v: a file %s: %d products, expected %d: %v", c.t, damage.what, *n, damage.products+2, err)
			}
			again, err := Exact(context.Background(), m.Operator(device.CPU()), false)
			if err != nil || !slices.Equal(again.Values, e.Values) {
				t.Errorf("%v: a file %s: other eigenvalues, %v", c.t, damage.what, err)
			}
		}
		matrixBlock = 1 << 23

		// A whole file costs the two products that it is checked with.
		a, n := counted(op)
		if _, err := Assemble(context.Background(), a, whole); err != nil || *n != 2 {
			t.Errorf("%v: a whole file: %d products, %v", c.t, *n, err)
		}
		if m, err := OpenMatrix(whole); err != nil || m.Verify() != nil || !strings.Contains(m.String(), "61×61 of "+c.t.String()) {
			t.Errorf("%v: %v, %v", c.t, m, err)
		}
		flipped := slices.Clone(want)
		flipped[len(flipped)/2] ^= 1
		if err := os.WriteFile(whole, flipped, 0o644); err != nil {
			t.Fatal(err)
		}
		if m, err := OpenMatrix(whole); err != nil || m.Verify() == nil || !strings.Contains(m.Verify().Error(), "is damaged between the rows 0 and 60") {
			t.Errorf("%v: a flipped bit is not found: %v", c.t, err)
		}
		other := hessianOf(mixed(61), 2, c.t)
		if err := os.WriteFile(whole, want, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Assemble(context.Background(), other, whole); err == nil || !strings.Contains(err.Error(), "another operator") {
			t.Errorf("%v: error %v, expected one of another operator", c.t, err)
		}
	}
}

// What is no matrix, or no Hessian, is told and left alone.
func TestAssembleErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	op := hessianOf(mixed(20), 1, device.Float64)
	for text, want := range map[string]string{
		"a letter":                         "is no matrix",
		matrixMagic + "{\"dim\": 20":       "header of",
		matrixMagic + "{\"dim\": -1}\n":    "header of",
		matrixMagic + "{\"dim\": 1e300}\n": "header of",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, e1 := Assemble(context.Background(), op, path)
		_, e2 := OpenMatrix(path)
		for _, err := range []error{e1, e2} {
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%q: error %v, expected %q and the file in it", text, err, want)
			}
		}
		if b, _ := os.ReadFile(path); string(b) != text {
			t.Errorf("%q was overwritten", text)
		}
	}
	shift := operatorOf(20, func(v, av []float64) {
		for i := range v {
			av[i] = float64(i) * v[i]
			if i > 0 {
				av[i] += v[i-1]
			}
		}
	})
	if _, err := Assemble(context.Background(), shift, filepath.Join(t.TempDir(), "shift")); err == nil || !strings.Contains(err.Error(), "not symmetric") {
		t.Errorf("error %v, expected one of symmetry", err)
	}
	if _, err := Assemble(context.Background(), op, filepath.Join(t.TempDir(), "no", "folder")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, expected one of the folder", err)
	}
	op.Normal = device.Of(append([]float64{1}, make([]float64, 19)...))
	wantPanic(t, "has a Normal", func() { _, _ = Assemble(context.Background(), op, path) })
}

// A file that anyone may have written is an error or a matrix, never a panic.
func FuzzOpenMatrix(f *testing.F) {
	path := filepath.Join(f.TempDir(), "matrix")
	if _, err := Assemble(context.Background(), hessianOf(mixed(4), 1, device.Float32), path); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(matrixMagic + `{"dim":2147483647,"type":"float64","rows":2147483647}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "matrix")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := OpenMatrix(path)
		if err != nil {
			return
		}
		if m.Verify() == nil && len(b) != int(m.size()) {
			t.Errorf("%d bytes are a matrix, expected %d", len(b), m.size())
		}
	})
}
