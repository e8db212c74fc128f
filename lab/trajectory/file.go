package trajectory

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"

	"glassy/lab/device"
)

// A file of a trajectory is
//
//	glassy trajectory 1\n    what it is, and the version of this format
//	{"name": …}\n            a header
//	chunks                   each: how many points, and a checksum of that, 4 bytes each;
//	                         their coordinates one after the other, points of one beside
//	                         each other; a checksum, 4 bytes
//
// all little-endian. A checksum is the CRC-32C of what stands before it back to the
// checksum before, and of that. The file only ever grows, so that a program that dies
// leaves all chunks but the last whole.
const (
	magic       = "glassy trajectory 1\n"
	headerLimit = 1 << 12 // no header is as long
	chunkHead   = 8       // bytes before the numbers of a chunk
)

type header struct {
	Name   string `json:"name"`
	Dim    int    `json:"dim"`
	Type   string `json:"type"`   // of the numbers: float32 or float64
	Points int    `json:"points"` // in a chunk, at most
}

// dtype is the numbers' type, 0 for one that there is not.
func (h *header) dtype() device.DType {
	for _, t := range []device.DType{device.Float32, device.Float64} {
		if t.String() == h.Type {
			return t
		}
	}
	return 0
}

// size is the bytes of a chunk of so many points.
func (h *header) size(points int) int64 {
	return chunkHead + int64(points)*int64(h.Dim)*int64(h.dtype().Size()) + 4
}

type chunk struct {
	at     int64 // of its first number
	first  int   // point
	points int
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A File is a trajectory that a [Recorder] has made.
type File struct {
	Name string // what was recorded
	Torn int64  // bytes after the last whole chunk: of one that was being written when the program died

	head   header
	file   *os.File
	chunks []chunk
	points int
	end    int64  // of the last whole chunk
	sum    uint32 // its checksum
}

var _ Series = (*File)(nil)

// Open opens a trajectory and checks all of it, a gigabyte or so a second. Close it
// after use. What follows the last whole chunk is passed over, see Torn. Errors: a file
// that is not there, no trajectory, or damaged; they name the chunk and its points.
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("trajectory: %w", err)
	}
	f, err := scan(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

// scan reads a file from its beginning to its end.
func scan(file *os.File) (*File, error) {
	fail := func(format string, a ...any) (*File, error) {
		return nil, fmt.Errorf("trajectory: %s %w", file.Name(), fmt.Errorf(format, a...))
	}
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("trajectory: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fail("is no file: give one that Record has made")
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("trajectory: %w", err)
	}
	r := bufio.NewReaderSize(file, 1<<16)
	top := make([]byte, len(magic))
	if _, err := io.ReadFull(r, top); err != nil || string(top) != magic {
		return fail("is no trajectory: it does not begin with %q", magic)
	}
	f := &File{file: file}
	line, err := r.ReadSlice('\n')
	if err == nil && len(line) <= headerLimit {
		err = json.Unmarshal(line, &f.head)
	}
	h := &f.head
	if err != nil || h.Dim < 1 || h.Dim > math.MaxInt32 || h.Points < 1 || h.Points > math.MaxInt32/h.Dim+1 || h.dtype() == 0 {
		return fail("has a damaged header: what it holds is lost, remove it")
	}
	top = append(top, line...)
	f.Name, f.end, f.sum = h.Name, int64(len(top)), crc32.Checksum(top, castagnoli)

	for left := info.Size() - f.end; left > 0; left = info.Size() - f.end {
		if left < chunkHead {
			break
		}
		damaged := func() (*File, error) {
			return fail("is damaged in chunk %d, which begins with point %d, at byte %d: copy it again, or keep its first %d bytes", len(f.chunks), f.points, f.end, f.end)
		}
		var top [chunkHead]byte
		if _, err := io.ReadFull(r, top[:]); err != nil {
			return fail("could not be read: %w", err)
		}
		n, sum := int64(binary.LittleEndian.Uint32(top[:4])), crc32.Update(f.sum, castagnoli, top[:4])
		switch {
		case top == [chunkHead]byte{} && left <= h.size(h.Points): // a disk that got no further
			n = 0
		case sum != binary.LittleEndian.Uint32(top[4:]) || n < 1 || n > int64(h.Points):
			return damaged()
		}
		if n == 0 || h.size(int(n)) > left {
			break
		}
		body := &sumReader{r: io.LimitReader(r, h.size(int(n))-chunkHead-4), sum: sum}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return fail("could not be read: %w", err)
		}
		if _, err := io.ReadFull(r, top[:4]); err != nil {
			return fail("could not be read: %w", err)
		}
		if binary.LittleEndian.Uint32(top[:4]) != body.sum {
			if h.size(int(n)) < left {
				return damaged()
			}
			break
		}
		f.chunks = append(f.chunks, chunk{at: f.end + chunkHead, first: f.points, points: int(n)})
		f.points += int(n)
		f.end += h.size(int(n))
		f.sum = body.sum
	}
	f.Torn = info.Size() - f.end
	return f, nil
}

// sumReader adds what it reads to a checksum.
type sumReader struct {
	r   io.Reader
	sum uint32
}

func (s *sumReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum = crc32.Update(s.sum, castagnoli, p[:n])
	return n, err
}

// Close ends the use of the file.
func (f *File) Close() error { return f.file.Close() }

// Len is T, the points in the file.
func (f *File) Len() int { return f.points }

// Dim is d.
func (f *File) Dim() int { return f.head.Dim }

// Point writes point k to dst, len d. It reads the chunk that the point is in.
func (f *File) Point(k int, dst []float64) error {
	needPoint(f, k, dst)
	for _, c := range f.chunks {
		if k >= c.first+c.points {
			continue
		}
		all := make([]float64, f.head.Dim*c.points)
		if err := f.numbers(c, 0, all); err != nil {
			return err
		}
		for i := range dst {
			dst[i] = all[i*c.points+k-c.first]
		}
		break
	}
	return nil
}

// Columns writes coordinates from … to-1 of the points first … T-1 to dst, one
// coordinate after the other. It may be called from several goroutines.
func (f *File) Columns(from, to, first int, dst []float64) error {
	needColumns(f, from, to, first, dst)
	T := f.points - first
	var some []float64
	for _, c := range f.chunks {
		skip := max(0, first-c.first)
		if skip >= c.points {
			continue
		}
		if n := (to - from) * c.points; cap(some) < n {
			some = make([]float64, n)
		}
		some = some[:(to-from)*c.points]
		if err := f.numbers(c, from, some); err != nil {
			return err
		}
		for i := range to - from {
			copy(dst[i*T+c.first+skip-first:], some[i*c.points+skip:(i+1)*c.points])
		}
	}
	return nil
}

// numbers reads as many numbers of a chunk as dst takes, from a coordinate on.
func (f *File) numbers(c chunk, from int, dst []float64) error {
	size := f.head.dtype().Size()
	b := make([]byte, len(dst)*size)
	if _, err := f.file.ReadAt(b, c.at+int64(from)*int64(c.points)*int64(size)); err != nil {
		return fmt.Errorf("trajectory: reading the points %d … %d of %s: %w", c.first, c.first+c.points-1, f.file.Name(), err)
	}
	for i := range dst {
		if size == 4 {
			dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		} else {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		}
	}
	return nil
}

// String is one line.
func (f *File) String() string {
	s := fmt.Sprintf("trajectory of %s: %d points of %d coordinates, %s, in %s", f.Name, f.points, f.head.Dim, f.head.Type, f.file.Name())
	if f.Torn > 0 {
		s += fmt.Sprintf("; %d bytes of a chunk that was not completed are passed over", f.Torn)
	}
	return s
}
