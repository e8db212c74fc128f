//go:build cuda

package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"glassy/lab/bench"
)

var (
	table    = flag.Bool("table", false, "TestTable: compare training on the GPU with PyTorch's and print the table")
	rounds   = flag.Int("rounds", 5, "TestTable: how often each side has its turn at each task")
	networks = flag.String("networks", "mnistfc,lenet,allcnn,small-lenet-ch3", "TestTable: of which networks")
)

// Training steps, Hessian-vector products and the rest of package bench on the
// GPU beside PyTorch, in float32 and with products in TF32. GLASSY_BENCH_PYTHON
// names the python that has PyTorch, python3 otherwise; without it the table has
// our numbers alone.
func TestTable(t *testing.T) {
	dev := gpu(t)
	// Minutes of measuring with no bound to fail. What the tasks compute is held
	// against the CPU in networks_test.go, always.
	switch {
	case !*table:
		t.Skip("a measurement, not a check: give -table to make it")
	case strings.HasPrefix(dev.Describe(), "Mock"):
		t.Skip("a measurement of a GPU; this is the mock of one")
	}
	python := os.Getenv("GLASSY_BENCH_PYTHON")
	if python == "" {
		python = "python3"
	}
	t.Log(dev.Libraries())
	defer dev.TF32(false)
	for _, products := range []struct {
		name, where string
		tf32        bool
	}{{"float32", "cuda", false}, {"TF32", "cuda-tf32", true}} {
		peer, err := bench.StartPeer(python, products.where)
		if err != nil {
			t.Logf("no PyTorch to compare with, our numbers alone (GLASSY_BENCH_PYTHON names another python): %v", err)
		}
		dev.TF32(products.tf32)
		text, err := bench.Compare(bench.Options{Device: dev, Peer: peer, Rounds: *rounds, Networks: strings.Split(*networks, ",")})
		if peer != nil {
			peer.Stop()
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("\nproducts in %s\n%s", products.name, text)
	}
}
