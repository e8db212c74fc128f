package device

import "fmt"

func (d *cpu) New(t DType, n int) Vector {
	needSize("New", "n", n)
	switch t {
	case Float32:
		return hostVector(d, make([]float32, n))
	case Float64:
		return hostVector(d, make([]float64, n))
	case Int32:
		return hostVector(d, make([]int32, n))
	}
	panic(fmt.Sprintf("device: New: type is %v, expected float32, float64 or int32", t))
}

func (d *cpu) Free(Vector) {}

func (d *cpu) Upload(dst, host Vector) { d.convert("Upload", dst, host) }

func (d *cpu) Download(host, src Vector) { d.convert("Download", host, src) }

func (d *cpu) Copy(dst, src Vector) { d.convert("Copy", dst, src) }

func (d *cpu) convert(op string, dst, src Vector) {
	expect(op, "destination", dst, dst.dtype, src.n)
	expect(op, "source", src, src.dtype, src.n)
	if src.n == 0 {
		return
	}
	switch {
	case dst.dtype == Int32 && src.dtype == Int32:
		copy(Host[int32](dst), Host[int32](src))
	case dst.dtype == Int32 || src.dtype == Int32:
		panic(fmt.Sprintf("device: %s: from %v to %v, expected both int32 or neither", op, src.dtype, dst.dtype))
	case dst.dtype == Float32 && src.dtype == Float32:
		convert(d, Host[float32](dst), Host[float32](src))
	case dst.dtype == Float32:
		convert(d, Host[float32](dst), Host[float64](src))
	case src.dtype == Float32:
		convert(d, Host[float64](dst), Host[float32](src))
	default:
		convert(d, Host[float64](dst), Host[float64](src))
	}
}

func convert[T, S float](d *cpu, dst []T, src []S) {
	d.chunks(len(dst), func(i, j int) {
		if same, ok := any(src).([]T); ok {
			copy(dst[i:j], same[i:j])
			return
		}
		dst, src := dst[i:j], src[i:j]
		for i, x := range src {
			dst[i] = T(x)
		}
	})
}
