package trajectory

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"

	"glassy/lab/device"
)

// chunkBytes is how large a chunk is, about.
const chunkBytes = 1 << 20

// A Recorder appends points to a trajectory in a file. It is for one goroutine. After an
// error it does nothing: Err, Flush and Close tell the first one.
type Recorder struct {
	Name string
	Cut  int64 // bytes of a torn last chunk that Record has cut away

	head    header
	file    *os.File
	columns []float64 // of the points that are not in the file, room for a chunk: coordinate by coordinate
	waiting int       // such points
	saved   int       // points in the file
	sum     uint32
	err     error
}

// Record begins the trajectory of vectors like x in a file, or goes on with the one that
// is there: a program that was killed at any moment goes on after the last whole chunk,
// of about a megabyte, and Cut says how much of an unfinished one was cut away. Len says
// how many points there are. Errors: those of [Open], and a trajectory of another name,
// length or type.
func Record(path, name string, x device.Vector) (*Recorder, error) {
	d, t := x.Len(), x.DType()
	if d < 1 || t != device.Float32 && t != device.Float64 {
		panic(fmt.Sprintf("trajectory: Record: vectors of %d numbers of %v, expected some of float32 or float64", d, t))
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("trajectory: %w", err)
	}
	r := &Recorder{
		Name: name, file: file,
		head: header{Name: name, Dim: d, Type: t.String(), Points: max(1, chunkBytes/(d*t.Size()))},
	}
	if err := r.begin(); err != nil {
		file.Close()
		return nil, err
	}
	r.columns = make([]float64, d*r.head.Points)
	return r, nil
}

// begin writes the header into a file that has none, or goes to the end of the others.
func (r *Recorder) begin() error {
	line, err := json.Marshal(r.head)
	if err != nil {
		return err
	}
	top := append([]byte(magic), append(line, '\n')...)
	if len(line) >= headerLimit {
		return fmt.Errorf("trajectory: the name has %d bytes, expected at most %d", len(r.Name), headerLimit/2)
	}
	if torn, err := r.tornHeader(top); err != nil {
		return err
	} else if torn {
		r.sum = crc32.Checksum(top, castagnoli)
		if err = r.file.Truncate(0); err == nil {
			_, err = r.file.WriteAt(top, 0)
		}
		if err == nil {
			_, err = r.file.Seek(0, io.SeekEnd)
		}
		if err != nil {
			return fmt.Errorf("trajectory: %w", err)
		}
		return nil
	}
	f, err := scan(r.file)
	if err != nil {
		return err
	}
	if h := f.head; h.Name != r.head.Name || h.Dim != r.head.Dim || h.Type != r.head.Type {
		return fmt.Errorf("trajectory: %s is of %s, %d coordinates of %s, expected %s, %d of %s: give another file, or remove it",
			r.file.Name(), h.Name, h.Dim, h.Type, r.head.Name, r.head.Dim, r.head.Type)
	}
	r.head, r.saved, r.sum, r.Cut = f.head, f.points, f.sum, f.Torn
	if err = r.file.Truncate(f.end); err == nil {
		_, err = r.file.Seek(f.end, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("trajectory: %w", err)
	}
	return nil
}

// tornHeader says that the file holds a beginning of top and no more, and cuts that.
func (r *Recorder) tornHeader(top []byte) (bool, error) {
	info, err := r.file.Stat()
	if err != nil {
		return false, fmt.Errorf("trajectory: %w", err)
	}
	n := info.Size()
	if !info.Mode().IsRegular() || n >= int64(len(top)) {
		return false, nil
	}
	have := make([]byte, n)
	if _, err := r.file.ReadAt(have, 0); err != nil {
		return false, fmt.Errorf("trajectory: %w", err)
	}
	if string(have) != string(top[:n]) {
		return false, nil
	}
	r.Cut = n
	return true, nil
}

// Len is the number of points, those not yet in the file counted.
func (r *Recorder) Len() int { return r.saved + r.waiting }

// Last writes the last point of the file to x, so that who makes the points goes on from
// there, and says whether there is one.
func (r *Recorder) Last(x device.Vector) (ok bool, err error) {
	r.need("Last", x)
	if err := r.Flush(); err != nil || r.saved == 0 {
		return false, err
	}
	f, err := Open(r.file.Name())
	if err != nil {
		return false, err
	}
	defer f.Close()
	point := make([]float64, r.head.Dim)
	if err := f.Point(f.Len()-1, point); err != nil {
		return false, err
	}
	x.Device().Upload(x, device.Of(point))
	return true, nil
}

// Err is the first error so far.
func (r *Recorder) Err() error { return r.err }

// Append adds a point, a copy of x. It panics when x is not like the vector that Record
// was given. A full chunk goes to the file.
func (r *Recorder) Append(x device.Vector) {
	r.need("Append", x)
	if r.err != nil {
		return
	}
	for i, v := range device.Read[float64](x) {
		r.columns[i*r.head.Points+r.waiting] = v
	}
	r.waiting++
	if r.waiting == r.head.Points {
		r.write()
	}
}

func (r *Recorder) need(what string, x device.Vector) {
	if x.Len() != r.head.Dim || x.DType() != r.head.dtype() {
		panic(fmt.Sprintf("trajectory: %s: x is %d numbers of %v, expected %d of %s", what, x.Len(), x.DType(), r.head.Dim, r.head.Type))
	}
}

// write writes what waits as a chunk.
func (r *Recorder) write() {
	n := r.waiting
	if n == 0 || r.err != nil {
		return
	}
	b := make([]byte, 0, r.head.size(n))
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	sum := crc32.Update(r.sum, castagnoli, b)
	b = binary.LittleEndian.AppendUint32(b, sum)
	for i := range r.head.Dim {
		for _, v := range r.columns[i*r.head.Points:][:n] {
			if r.head.dtype() == device.Float32 {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
			} else {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
			}
		}
	}
	r.sum = crc32.Update(sum, castagnoli, b[chunkHead:])
	if _, err := r.file.Write(binary.LittleEndian.AppendUint32(b, r.sum)); err != nil {
		r.err = fmt.Errorf("trajectory: recording: %w", err)
		return
	}
	r.saved, r.waiting = r.saved+n, 0
}

// Flush writes all points to the file, as a chunk that may be short, and waits until the
// disk has them.
func (r *Recorder) Flush() error {
	r.write()
	if err := r.file.Sync(); err != nil && r.err == nil {
		r.err = fmt.Errorf("trajectory: recording: %w", err)
	}
	return r.err
}

// Close writes what waits and ends the recording.
func (r *Recorder) Close() error {
	err := r.Flush()
	if e := r.file.Close(); e != nil && err == nil {
		err = fmt.Errorf("trajectory: recording: %w", e)
	}
	return err
}
