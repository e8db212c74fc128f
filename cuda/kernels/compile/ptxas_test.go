package main

import (
	"maps"
	"testing"
)

func TestUsages(t *testing.T) {
	have := usages(`ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'add_f32' for 'sm_80'
ptxas info    : Function properties for add_f32
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 30 registers, 384 bytes cmem[0]
ptxas info    : Compiling entry function 'sum_f64' for 'sm_80'
ptxas info    : Function properties for sum_f64
    320 bytes stack frame, 16 bytes spill stores, 24 bytes spill loads
ptxas info    : Used 255 registers, 256 bytes smem, 392 bytes cmem[0], 8 bytes cmem[2]
ptxas info    : Function properties for helper
    8 bytes stack frame, 4 bytes spill stores, 0 bytes spill loads
`)
	want := map[string]usage{"add_f32": {registers: 30}, "sum_f64": {registers: 255, shared: 256, stack: 328, stores: 20, loads: 24}}
	if !maps.Equal(have, want) {
		t.Errorf("usages = %+v, want %+v", have, want)
	}
}
