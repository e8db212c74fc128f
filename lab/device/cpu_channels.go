package device

import "fmt"

func (s Channels) check(op string) {
	if s.N < 0 || s.C < 0 || s.S < 0 {
		panic(fmt.Sprintf("device: %s: channels are %+v, expected no negative size", op, s))
	}
}

// at is the S numbers of channel c of datum n.
func channel[T float](s Channels, x []T, n, c int) []T {
	i := (n*s.C + c) * s.S
	return x[i : i+s.S : i+s.S]
}

func (d *cpu) AddChannels(s Channels, b, y Vector) {
	s.check("AddChannels")
	expectFloat("AddChannels", "y", y, s.N*s.C*s.S)
	expect("AddChannels", "b", b, b.dtype, s.C)
	if y.dtype == Float32 {
		addChannels[float32](d, s, b, y)
	} else {
		addChannels[float64](d, s, b, y)
	}
}

func addChannels[T float](d *cpu, s Channels, b, y Vector) {
	B, Y := Host[T](b), Host[T](y)
	d.each(s.N, func(n int) {
		for c, b := range B {
			y := channel(s, Y, n, c)
			for i := range y {
				y[i] += b
			}
		}
	})
}

func (d *cpu) SumChannels(s Channels, dy Vector, add bool, db Vector) {
	s.check("SumChannels")
	expectFloat("SumChannels", "db", db, s.C)
	expect("SumChannels", "dy", dy, db.dtype, s.N*s.C*s.S)
	if db.dtype == Float32 {
		sumChannels[float32](d, s, dy, add, db)
	} else {
		sumChannels[float64](d, s, dy, add, db)
	}
}

func sumChannels[T float](d *cpu, s Channels, dy Vector, add bool, db Vector) {
	DY, DB := Host[T](dy), Host[T](db)
	d.each(s.C, func(c int) {
		sum := 0.0
		for n := range s.N {
			for _, v := range channel(s, DY, n, c) {
				sum += float64(v)
			}
		}
		put(DB, c, sum, add)
	})
}

// put writes or adds v to x[i].
func put[T float](x []T, i int, v float64, add bool) {
	if add {
		x[i] += T(v)
	} else {
		x[i] = T(v)
	}
}
