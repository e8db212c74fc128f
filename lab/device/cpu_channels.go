package device

import "fmt"

func (s Channels) check(op string) {
	if s.N < 0 || s.C < 0 || s.S < 0 {
		panic(fmt.Sprintf("device: %s: channels are %+v, expected no negative size", op, s))
	}
}

// channel is the S numbers of channel c of datum n.
func channel[T float](s Channels, x []T, n, c int) []T {
	i := (n*s.C + c) * s.S
	return x[i : i+s.S : i+s.S]
}

// byChannel calls f for pieces of the channels, from..to-1, with what it needs
// to find the numbers of channel c: channel(s, in[k], n, c-from) for n below
// s.N, and so for out. Where S is 1, neighbours in a channel are far apart in
// memory: f then gets transposed copies, with all of a channel in one run.
func byChannel[T float](d *cpu, s Channels, in, out [][]T, f func(s Channels, from, to int, in, out [][]T)) {
	if s.S != 1 || s.N <= 1 {
		d.each(s.C, func(c int) { f(s, c, c+1, shift(in, c*s.S), shift(out, c*s.S)) })
		return
	}
	const block = 16 // channels: a cache line of float32
	d.each((s.C+block-1)/block, func(task int) {
		from, to := task*block, min(s.C, (task+1)*block)
		piece := Channels{N: 1, C: to - from, S: s.N}
		size := piece.C * s.N
		buf, done := scratch[T]((len(in) + len(out)) * size)
		defer done()
		copies := make([][]T, len(in)+len(out))
		for k := range copies {
			copies[k] = buf[k*size : (k+1)*size]
		}
		for k, x := range in {
			turn(x[from:], s.C, copies[k], s.N, s.N, piece.C, false)
		}
		f(piece, from, to, copies[:len(in)], copies[len(in):])
		for k, y := range out {
			turn(y[from:], s.C, copies[len(in)+k], s.N, s.N, piece.C, true)
		}
	})
}

// turn copies the m×n matrix a, its rows lda apart, to its transpose b, or back.
// Four rows at a time keep the copies next to each other on both sides.
func turn[T float](a []T, lda int, b []T, ldb, m, n int, back bool) {
	i := 0
	for ; i+4 <= m; i += 4 {
		a0, a1 := a[i*lda:][:n], a[(i+1)*lda:][:n]
		a2, a3 := a[(i+2)*lda:][:n], a[(i+3)*lda:][:n]
		at := i
		if back {
			for j := range n {
				b := b[at : at+4 : at+4]
				a0[j], a1[j], a2[j], a3[j] = b[0], b[1], b[2], b[3]
				at += ldb
			}
		} else {
			for j := range n {
				b := b[at : at+4 : at+4]
				b[0], b[1], b[2], b[3] = a0[j], a1[j], a2[j], a3[j]
				at += ldb
			}
		}
	}
	for ; i < m; i++ {
		for j := range n {
			if back {
				a[i*lda+j] = b[j*ldb+i]
			} else {
				b[j*ldb+i] = a[i*lda+j]
			}
		}
	}
}

// shift is the slices from number i on.
func shift[T float](x [][]T, i int) [][]T {
	shifted := make([][]T, len(x))
	for k, x := range x {
		shifted[k] = x[min(i, len(x)):]
	}
	return shifted
}

func (d *cpu) AddChannels(s Channels, b, y Vector) {
	s.check("AddChannels")
	expectFloat("AddChannels", "y", y, s.N*s.C*s.S)
	expect("AddChannels", "b", b, b.dtype, s.C)
	if y.dtype == Float32 {
		addChannels(d, s, Host[float32](b), Host[float32](y))
	} else {
		addChannels(d, s, Host[float64](b), Host[float64](y))
	}
}

func addChannels[T float](d *cpu, s Channels, b, y []T) {
	d.rows(s.N, s.C*s.S, func(from, to int) {
		for n := from; n < to; n++ {
			y := row(y, n, s.N)
			if s.S == 1 {
				for c, b := range b {
					y[c] += b
				}
				continue
			}
			for c, b := range b {
				y := row(y, c, s.C)
				for i := range y {
					y[i] += b
				}
			}
		}
	})
}

func (d *cpu) SumChannels(s Channels, dy Vector, add bool, db Vector) {
	s.check("SumChannels")
	expectFloat("SumChannels", "db", db, s.C)
	expect("SumChannels", "dy", dy, db.dtype, s.N*s.C*s.S)
	if db.dtype == Float32 {
		sumChannels(d, s, Host[float32](dy), add, Host[float32](db))
	} else {
		sumChannels(d, s, Host[float64](dy), add, Host[float64](db))
	}
}

func sumChannels[T float](d *cpu, s Channels, dy []T, add bool, db []T) {
	byChannel(d, s, [][]T{dy}, nil, func(s Channels, from, to int, in, _ [][]T) {
		for c := from; c < to; c++ {
			sum := 0.0
			for n := range s.N {
				sum += total(channel(s, in[0], n, c-from))
			}
			put(db, c, sum, add)
		}
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
