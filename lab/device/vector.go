package device

import (
	"fmt"
	"strings"
	"unsafe"
)

// A DType is the type of a vector's numbers.
type DType uint8

// The types. Int32 is for indices: labels, tokens, places of maxima.
const (
	Float32 DType = iota + 1
	Float64
	Int32
)

func (t DType) String() string {
	switch t {
	case Float32:
		return "float32"
	case Float64:
		return "float64"
	case Int32:
		return "int32"
	}
	return fmt.Sprintf("DType(%d)", uint8(t))
}

// Size is the number of bytes of one number.
func (t DType) Size() int {
	if t == Float64 {
		return 8
	}
	return 4
}

// Number is the Go types that a vector can hold.
type Number interface{ float32 | float64 | int32 }

// TypeOf is the DType of a Go type.
func TypeOf[T Number]() DType {
	switch any(*new(T)).(type) {
	case float32:
		return Float32
	case float64:
		return Float64
	}
	return Int32
}

// A Vector is n numbers of one type on one device. It is a view: Slice shares
// the memory, copying a Vector copies no numbers. The zero Vector is empty and
// on no device.
type Vector struct {
	dev    Device
	host   unsafe.Pointer // the first number, where memory is the host's
	mem    any            // else what the device keeps, and
	offset int            // where in it, in numbers, the vector starts
	n      int
	dtype  DType
}

// Foreign is a vector in memory that is not the host's: for implementations of
// Device, which get mem and the offset back from [Vector.Memory].
func Foreign(dev Device, t DType, mem any, offset, n int) Vector {
	return Vector{dev: dev, mem: mem, offset: offset, n: n, dtype: t}
}

// Memory returns what Foreign was given.
func (v Vector) Memory() (mem any, offset int) { return v.mem, v.offset }

// Device is where the vector lives; nil for the zero Vector.
func (v Vector) Device() Device { return v.dev }

// DType is the type of its numbers.
func (v Vector) DType() DType { return v.dtype }

// Len is the number of its numbers.
func (v Vector) Len() int { return v.n }

// String is one line: how many numbers of which type, where, and the first of
// them.
func (v Vector) String() string {
	if v.n == 0 {
		return "0 numbers"
	}
	const most = 6
	head, dots := v.Slice(0, min(v.n, most)), ""
	if v.n > most {
		dots = " …"
	}
	var numbers string
	if v.dtype == Int32 {
		numbers = fmt.Sprint(Read[int32](head))
	} else {
		numbers = fmt.Sprintf("%.4g", Read[float64](head))
	}
	return fmt.Sprintf("%d numbers of %v on %s: %s%s", v.n, v.dtype, v.dev.Name(), strings.Trim(numbers, "[]"), dots)
}

// Slice is the view of the numbers i..j-1.
func (v Vector) Slice(i, j int) Vector {
	if i < 0 || j < i || j > v.n {
		panic(fmt.Sprintf("device: Slice: [%d:%d] of a vector of length %d", i, j, v.n))
	}
	if v.host != nil && i < v.n {
		v.host = unsafe.Add(v.host, i*v.dtype.Size())
	} else {
		v.offset += i
	}
	v.n = j - i
	return v
}

// New is a vector of zeros like v: its device, its type, its length.
func (v Vector) New() Vector {
	if v.dev == nil { // the zero Vector
		return v
	}
	return v.dev.New(v.dtype, v.n)
}

// Clone is a copy of v on its device.
func (v Vector) Clone() Vector {
	c := v.New()
	if v.n > 0 {
		v.dev.Copy(c, v)
	}
	return c
}

// Of is the vector on the CPU that shares the memory of x.
func Of[T Number](x []T) Vector {
	return hostVector(CPU(), x)
}

func hostVector[T Number](dev Device, x []T) Vector {
	return Vector{dev: dev, host: unsafe.Pointer(unsafe.SliceData(x)), n: len(x), dtype: TypeOf[T]()}
}

// OnHost says that the numbers are in host memory: that [Host] has them.
func (v Vector) OnHost() bool { return v.host != nil || v.n == 0 }

// Host is the numbers of a vector in host memory, shared, not copied. It panics
// when v is elsewhere or of another type: use [Read] where that may be.
func Host[T Number](v Vector) []T {
	if v.n == 0 {
		return nil
	}
	if v.host == nil || v.dtype != TypeOf[T]() {
		where := "in host memory"
		if v.host == nil {
			where = "on device " + v.dev.Name()
		}
		panic(fmt.Sprintf("device: Host: vector of %v %s, expected %v in host memory", v.dtype, where, TypeOf[T]()))
	}
	return unsafe.Slice((*T)(v.host), v.n)
}

// Put is a new vector on dev with a copy of the numbers of x.
func Put[T Number](dev Device, t DType, x []T) Vector {
	v := dev.New(t, len(x))
	dev.Upload(v, Of(x))
	return v
}

// Read is a copy of the numbers of v, wherever it is.
func Read[T Number](v Vector) []T {
	x := make([]T, v.n)
	if v.n > 0 {
		v.dev.Download(Of(x), v)
	}
	return x
}
