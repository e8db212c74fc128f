package device_test

import (
	"fmt"
	"testing"

	"glassy/lab/device"
)

func TestString(t *testing.T) {
	x := device.Of([]float32{0.5, -2, 3, 4, 5, 6, 7})
	for _, c := range []struct {
		v    device.Vector
		want string
	}{
		{x, "7 numbers of float32 on cpu: 0.5 -2 3 4 5 6 …"},
		{x.Slice(5, 7), "2 numbers of float32 on cpu: 6 7"},
		{device.Of([]float64{1. / 3}), "1 numbers of float64 on cpu: 0.3333"},
		{device.Of([]int32{123456}), "1 numbers of int32 on cpu: 123456"},
		{x.Slice(0, 0), "0 numbers"},
		{device.Vector{}, "0 numbers"},
	} {
		if got := fmt.Sprint(c.v); got != c.want {
			t.Errorf("a vector shows as %q, expected %q", got, c.want)
		}
	}
}
