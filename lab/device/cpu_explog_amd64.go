//go:build !purego

package device

import (
	"math"

	features "golang.org/x/sys/cpu"
)

// exps256 and logs256 are exps and logs of the first numbers of x, four at a time in the
// lanes of AVX2, by the same operations in the same order. They return how many they did:
// they end before four of which one needs the standard library, or that are not all there.
//
//go:noescape
func exps256(x, y *float64, n int, scale, shift float64, c *[len(lanes)][4]uint64, table *[32]float64) int

//go:noescape
func logs256(x, y *float64, n int, scale, shift float64, c *[len(lanes)][4]uint64) int

// lanes is the constants of cpu_explog_amd64.s, in its order.
var lanes = [...][4]uint64{
	all(1<<63 - 1), number(expMost), number(32 / math.Ln2), number(expRound), number(ln2High / 32), number(ln2Low / 32),
	all(31), number(exp6), number(exp5), number(exp4), number(exp3), number(0.5),
	number(0x1p-1022), number(math.MaxFloat64), all(1023<<52 - rootHalf), all(1023 << 52), number(1), number(2),
	number(log6), number(log4), number(log2), number(log7), number(log5), number(log3), number(log1),
	number(0x1p52), number(0x1p52 + 1023), number(ln2High), number(ln2Low),
}

func all(x uint64) [4]uint64     { return [4]uint64{x, x, x, x} }
func number(x float64) [4]uint64 { return all(math.Float64bits(x)) }

func manyExps(scale, shift float64, x, y []float64) {
	if !features.X86.HasAVX2 {
		exps(scale, shift, x, y)
		return
	}
	for len(x) > 0 {
		n := exps256(&x[0], &y[0], len(x), scale, shift, &lanes, &expTable)
		few := min(n+4, len(x))
		exps(scale, shift, x[n:few], y[n:few])
		x, y = x[few:], y[few:]
	}
}

func manyLogs(scale, shift float64, x, y []float64) {
	if !features.X86.HasAVX2 {
		logs(scale, shift, x, y)
		return
	}
	for len(x) > 0 {
		n := logs256(&x[0], &y[0], len(x), scale, shift, &lanes)
		few := min(n+4, len(x))
		logs(scale, shift, x[n:few], y[n:few])
		x, y = x[few:], y[few:]
	}
}
