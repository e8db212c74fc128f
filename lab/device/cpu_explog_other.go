//go:build !amd64 || purego

package device

func manyExps(scale, shift float64, x, y []float64) { exps(scale, shift, x, y) }
func manyLogs(scale, shift float64, x, y []float64) { logs(scale, shift, x, y) }
