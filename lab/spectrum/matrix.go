package spectrum

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"

	"glassy/lab/device"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// A file of a matrix is
//
//	glassy matrix 1\n    what it is, and the version of this format
//	{"name": …}\n        a matrixHeader
//	blocks               of so many rows each, as far as they are made: of row i the
//	                     numbers i … d-1, little-endian, and after the rows of a block
//	                     the CRC-32C of it and of all that stands before, 4 bytes
const (
	matrixMagic = "glassy matrix 1\n"
	matrixLine  = 1 << 12 // no header is as long
)

// matrixBlock is how many bytes a block has, about; a test has smaller ones.
var matrixBlock = 1 << 23

type matrixHeader struct {
	Name string     `json:"name"`
	Dim  int        `json:"dim"`
	Type string     `json:"type"` // of the numbers: float32 or float64
	Rows int        `json:"rows"` // of a block
	Test [2]float64 `json:"test"` // r·Ar and |Ar| for the vector r of testVector
}

// A Matrix is a whole symmetric matrix in a file, its upper triangle packed.
type Matrix struct {
	Name string // of the operator that it was made of
	Dim  int    // d
	path string
	head matrixHeader
	data int64 // where the blocks begin
}

// Assemble makes the matrix of a in a file, by d products, a block of rows at a
// time: 2d² bytes in float32, 4d² in float64, and hardly any memory. Each block has
// a checksum. What is in the file already, of this operator, is kept: an assembly
// that was stopped, or a program that died, goes on after its last whole block, and
// one that is complete takes two products. It is checked against a product at the
// end. The eigenvalues are those of [Matrix.Operator].
//
// Errors: the context's cause when it ends, wrapped; a file that is no matrix, or
// one of another operator; a product that is not finite, an operator that is not
// symmetric. Panics if the operator has a Normal.
func Assemble(ctx context.Context, a Operator, path string) (*Matrix, error) {
	d, n := a.check("Assemble")
	if n < d {
		panic(fmt.Sprintf("spectrum: Assemble: the %s has a Normal, expected an operator on the whole space", a.name()))
	}
	v, av := a.New(), a.New()
	defer free(v)
	defer free(av)
	dev := v.Device()

	testVector(v)
	a.Apply(v, av)
	test := [2]float64{dev.Dot(v, av), math.Sqrt(dev.Dot(av, av))}
	if !finite(test[0]) || !finite(test[1]) {
		return nil, a.notFinite()
	}
	size := v.DType().Size()
	head := matrixHeader{Name: a.name(), Dim: d, Type: v.DType().String(), Rows: max(1, min(d, matrixBlock/(d*size))), Test: test}

	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("spectrum: assembling a matrix: %w", err)
	}
	defer f.Close()
	m, sum, row, err := resume(f, path, head)
	if err != nil {
		return nil, err
	}

	dev.Fill(v, 0)
	var block bytes.Buffer
	loop := run.Start(ctx, "matrix of the "+a.name(), d)
	defer loop.End()
	loop.Add(row)
	for row < d {
		block.Reset()
		from, to := row, min(row+m.head.Rows, d)
		for ; row < to && ctx.Err() == nil; row++ {
			dev.Fill(v.Slice(row, row+1), 1)
			a.Apply(v, av)
			dev.Fill(v.Slice(row, row+1), 0)
			writeNumbers(&block, av.Slice(row, d))
			loop.Add(1)
		}
		if row < to {
			return nil, fmt.Errorf("spectrum: %s has %d of %d rows, call Assemble again to go on: %w", path, from, d, context.Cause(ctx))
		}
		sum = crc32.Update(sum, castagnoli, block.Bytes())
		block.Write(binary.LittleEndian.AppendUint32(nil, sum))
		if _, err := f.Write(block.Bytes()); err != nil {
			return nil, fmt.Errorf("spectrum: assembling a matrix: %w", err)
		}
	}
	if err := f.Sync(); err != nil {
		return nil, fmt.Errorf("spectrum: assembling a matrix: %w", err)
	}
	return m, m.check(&a, v, av)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// testVector writes the vector that operators are told apart by.
func testVector(v device.Vector) { v.Device().Normal(uint64(rng.Key(0)), 0, 0, 1, v) }

// resume writes the header into an empty file, or reads what a file has: it stands
// then after its last whole block, and the rest is cut away.
func resume(f *os.File, path string, head matrixHeader) (m *Matrix, sum uint32, row int, err error) {
	m = &Matrix{Name: head.Name, Dim: head.Dim, path: path, head: head}
	info, err := f.Stat()
	if err == nil && info.Size() == 0 {
		line, err := json.Marshal(head)
		if err != nil {
			return nil, 0, 0, err
		}
		top := append([]byte(matrixMagic), append(line, '\n')...)
		m.data = int64(len(top))
		_, err = f.Write(top)
		return m, crc32.Checksum(top, castagnoli), 0, err
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("spectrum: assembling a matrix: %w", err)
	}
	r := bufio.NewReaderSize(f, 1<<16)
	old, sum, err := readMatrix(r, path)
	if err != nil {
		return nil, 0, 0, err
	}
	near := 1e5 * epsilon(typeOf(head.Type)) // the rounding of another machine's sums
	if old.Dim != head.Dim || old.head.Type != head.Type ||
		!(math.Abs(old.head.Test[0]-head.Test[0]) <= near*head.Test[1]*math.Sqrt(float64(head.Dim))) ||
		!(math.Abs(old.head.Test[1]-head.Test[1]) <= near*head.Test[1]) {
		return nil, 0, 0, fmt.Errorf("spectrum: %s holds the matrix of another operator, the %s, d = %d of %s, expected the %s, d = %d of %s: give another file or remove it",
			path, old.Name, old.Dim, old.head.Type, head.Name, head.Dim, head.Type)
	}
	at := old.data
	for row < head.Dim {
		block, next, err := old.block(r, row, sum)
		if err != nil {
			break // what is made from here on replaces it
		}
		sum, at = next, at+int64(len(block))+4
		row = min(row+old.head.Rows, head.Dim)
	}
	if err := f.Truncate(at); err != nil {
		return nil, 0, 0, fmt.Errorf("spectrum: assembling a matrix: %w", err)
	}
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return nil, 0, 0, fmt.Errorf("spectrum: assembling a matrix: %w", err)
	}
	return old, sum, row, nil
}

// OpenMatrix opens what [Assemble] has made. Its blocks are checked when they are
// read. Errors: a file that is not there, no matrix, or not complete.
func OpenMatrix(path string) (*Matrix, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("spectrum: opening a matrix: %w", err)
	}
	defer f.Close()
	m, _, err := readMatrix(bufio.NewReader(f), path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("spectrum: opening a matrix: %w", err)
	}
	if want := m.size(); info.Size() != want {
		return nil, fmt.Errorf("spectrum: %s has %d bytes, expected %d of a whole matrix: Assemble goes on with it", path, info.Size(), want)
	}
	return m, nil
}

// size is the bytes of the whole file.
func (m *Matrix) size() int64 {
	d, rows := int64(m.Dim), int64(m.head.Rows)
	return m.data + d*(d+1)/2*int64(typeOf(m.head.Type).Size()) + 4*((d+rows-1)/rows)
}

// readMatrix reads the two lines at the top, and their checksum.
func readMatrix(r *bufio.Reader, path string) (*Matrix, uint32, error) {
	top := make([]byte, len(matrixMagic))
	if _, err := io.ReadFull(r, top); err != nil || string(top) != matrixMagic {
		return nil, 0, fmt.Errorf("spectrum: %s is no matrix: it does not begin with %q", path, matrixMagic)
	}
	m := &Matrix{path: path}
	line, err := r.ReadSlice('\n')
	if err == nil && len(line) <= matrixLine {
		err = json.Unmarshal(line, &m.head)
	}
	h := m.head
	if err != nil || h.Dim < 1 || h.Dim > math.MaxInt32 || h.Rows < 1 || h.Rows > h.Dim || typeOf(h.Type) == 0 {
		return nil, 0, fmt.Errorf("spectrum: the header of %s is damaged: remove the file and assemble it again", path)
	}
	top = append(top, line...)
	m.Name, m.Dim, m.data = h.Name, h.Dim, int64(len(top))
	return m, crc32.Checksum(top, castagnoli), nil
}

// typeOf is the type of that name, 0 where there is none.
func typeOf(name string) device.DType {
	for _, t := range []device.DType{device.Float32, device.Float64} {
		if t.String() == name {
			return t
		}
	}
	return 0
}

// block reads the numbers of the block that begins with a row; sum is the checksum
// of all before, next of all with it.
func (m *Matrix) block(r io.Reader, row int, sum uint32) (numbers []byte, next uint32, err error) {
	count := 0
	for i := row; i < min(row+m.head.Rows, m.Dim); i++ {
		count += m.Dim - i
	}
	// Not allocated before it is there: a header may say anything.
	all, err := io.ReadAll(io.LimitReader(r, int64(count*typeOf(m.head.Type).Size()+4)))
	if err != nil {
		return nil, 0, fmt.Errorf("spectrum: reading %s: %w", m.path, err)
	}
	n := count * typeOf(m.head.Type).Size()
	if len(all) < n+4 {
		return nil, 0, fmt.Errorf("spectrum: %s ends within row %d of %d: Assemble goes on with it", m.path, row, m.Dim)
	}
	next = crc32.Update(sum, castagnoli, all[:n])
	if binary.LittleEndian.Uint32(all[n:]) != next {
		return nil, 0, fmt.Errorf("spectrum: %s is damaged between the rows %d and %d: Assemble makes them again", m.path, row, min(row+m.head.Rows, m.Dim)-1)
	}
	return all[:n], next, nil
}

// rows calls use with each row i in turn, the numbers i … d-1.
func (m *Matrix) rows(use func(i int, row []float64)) error {
	f, err := os.Open(m.path)
	if err != nil {
		return fmt.Errorf("spectrum: reading a matrix: %w", err)
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	now, sum, err := readMatrix(r, m.path)
	if err != nil {
		return err
	}
	if now.head != m.head {
		return fmt.Errorf("spectrum: %s was replaced by another matrix: open it again", m.path)
	}
	row := make([]float64, m.Dim)
	for i := 0; i < m.Dim; {
		numbers, next, err := m.block(r, i, sum)
		if err != nil {
			return err
		}
		for to := min(i+m.head.Rows, m.Dim); i < to; i++ {
			numbers = readNumbers(typeOf(m.head.Type), numbers, row[i:])
			use(i, row[i:])
		}
		sum = next
	}
	return nil
}

// check compares a product with the matrix with one of the operator.
func (m *Matrix) check(a *Operator, v, av device.Vector) error {
	testVector(v)
	a.Apply(v, av)
	x, want := device.Read[float64](v), device.Read[float64](av)
	got := make([]float64, m.Dim)
	if err := m.product(x, got); err != nil {
		return err
	}
	off, norm := 0.0, 0.0
	for i := range got {
		off += (got[i] - want[i]) * (got[i] - want[i])
		norm += want[i] * want[i]
	}
	switch {
	case !finite(off):
		return a.notFinite()
	case off > asymmetry*asymmetry*norm:
		return a.notSymmetric()
	}
	return nil
}

// product is y = A x.
func (m *Matrix) product(x, y []float64) error {
	clear(y)
	return m.rows(func(i int, row []float64) {
		sum := row[0] * x[i]
		for j := 1; j < len(row); j++ {
			sum += row[j] * x[i+j]
			y[i+j] += row[j] * x[i]
		}
		y[i] += sum
	})
}

// Operator is the matrix in float64 on a device: for [Exact], which reads it once,
// or, by products that read it each, for all else. The products panic with the
// error of a file that has been damaged since: [Matrix.Verify] finds it first.
func (m *Matrix) Operator(dev device.Device) Operator {
	must := func(err error) {
		if err != nil {
			panic(err.Error())
		}
	}
	return Operator{
		Name: m.Name,
		New:  func() device.Vector { return dev.New(device.Float64, m.Dim) },
		Apply: func(v, av device.Vector) {
			y := make([]float64, m.Dim)
			must(m.product(device.Read[float64](v), y))
			dev.Upload(av, device.Of(y))
		},
		Dense: func(h device.Vector) {
			d, here := m.Dim, dev.Name() == "cpu"
			var all []float64
			if here {
				all = device.Host[float64](h)
			} else {
				all = make([]float64, d*d)
			}
			must(m.rows(func(i int, row []float64) {
				copy(all[i*d+i:], row)
				for j, v := range row {
					all[(i+j)*d+i] = v
				}
			}))
			if !here {
				dev.Upload(h, device.Of(all))
			}
		},
	}
}

// Verify reads the whole file and says what is wrong with it.
func (m *Matrix) Verify() error { return m.rows(func(int, []float64) {}) }

// String is one line.
func (m *Matrix) String() string {
	return fmt.Sprintf("matrix of the %s, %d×%d of %s, %.3g GB in %s", m.Name, m.Dim, m.Dim, m.head.Type, float64(m.size())/1e9, m.path)
}

// writeNumbers appends a vector, little-endian, in its type.
func writeNumbers(b *bytes.Buffer, v device.Vector) {
	if v.DType() == device.Float32 {
		for _, x := range device.Read[float32](v) {
			b.Write(binary.LittleEndian.AppendUint32(b.AvailableBuffer(), math.Float32bits(x)))
		}
		return
	}
	for _, x := range device.Read[float64](v) {
		b.Write(binary.LittleEndian.AppendUint64(b.AvailableBuffer(), math.Float64bits(x)))
	}
}

// readNumbers reads as many as dst takes, and returns what is left.
func readNumbers(t device.DType, b []byte, dst []float64) []byte {
	for i := range dst {
		if t == device.Float32 {
			dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		} else {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		}
	}
	return b[len(dst)*t.Size():]
}
