package wire

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"sync"
)

const (
	greetingSize     = 64        // bytes of a ZMTP greeting
	maxHandshake     = 64 << 10  // bytes of the handshake's command
	maxMessage       = 256 << 20 // bytes of one message, all frames together
	maxMessageFrames = 4096
	flagMore         = 1 // bits of a ZMTP frame's first byte
	flagLong         = 2
	flagCommand      = 4
)

// guard is a connection that follows the ZMTP frames it delivers and fails
// before a size over the limit is handed on, because zmq4 allocates whatever
// the size says. It also buffers writes, and keeps them whole: a message is
// written between lock and unlock, and zmq4's answer to a PING, which it writes
// from the reading goroutine, is kept out of the middle of a message.
type guard struct {
	net.Conn
	in *bufio.Reader

	// The reading goroutine's.
	handshake bool   // limits of the handshake hold
	skip      uint64 // bytes to pass on before the next header
	header    []byte // the part seen so far of the next header
	last      byte   // flags of the frame being skipped
	size      uint64 // bytes of the message so far
	frames    int
	holding   bool // a command was read: out is locked for its answer

	mu  sync.Mutex
	out *bufio.Writer
}

func newGuard(c net.Conn) *guard {
	return &guard{
		Conn:      c,
		in:        bufio.NewReaderSize(c, 16<<10),
		out:       bufio.NewWriterSize(c, 32<<10),
		handshake: true,
		skip:      greetingSize,
	}
}

// Read implements net.Conn.
func (g *guard) Read(p []byte) (int, error) {
	g.release()
	n, err := g.in.Read(p)
	if bad := g.follow(p[:n]); bad != nil {
		return 0, bad
	}
	if !g.handshake && g.last&flagCommand != 0 && g.skip == 0 && len(g.header) == 0 {
		g.last = 0
		g.mu.Lock()
		g.holding = true
	}
	return n, err
}

// release ends the answer to a command. The reader calls it when it reads on
// and when it stops.
func (g *guard) release() {
	if g.holding {
		g.holding = false
		_ = g.out.Flush() // a failure shows at the next read
		g.mu.Unlock()
	}
}

// follow advances over bytes that are about to be delivered.
func (g *guard) follow(p []byte) error {
	for len(p) > 0 {
		if g.skip > 0 {
			n := min(uint64(len(p)), g.skip)
			g.skip -= n
			p = p[n:]
			continue
		}
		g.header = append(g.header, p[0])
		p = p[1:]
		want := 2
		if g.header[0]&flagLong != 0 {
			want = 9
		}
		if len(g.header) < want {
			continue
		}
		size := uint64(g.header[1])
		if want == 9 {
			size = binary.BigEndian.Uint64(g.header[1:])
		}
		g.last = g.header[0]
		g.header = g.header[:0]
		if err := g.admit(size); err != nil {
			return err
		}
		g.skip = size
		if g.last&flagMore == 0 {
			g.size, g.frames = 0, 0
		}
	}
	return nil
}

// admit counts one more frame of the message.
func (g *guard) admit(size uint64) error {
	limit := uint64(maxMessage)
	if g.handshake {
		limit = maxHandshake
	}
	if size > limit || g.size+size > limit {
		return fmt.Errorf("message of more than %d bytes", limit)
	}
	g.size += size
	if g.frames++; g.frames > maxMessageFrames {
		return fmt.Errorf("message of more than %d frames", maxMessageFrames)
	}
	return nil
}

// Write implements net.Conn. The handshake is sent at once; later the caller
// holds the lock, and what it wrote goes out when it lets go.
func (g *guard) Write(p []byte) (int, error) {
	n, err := g.out.Write(p)
	if err == nil && g.handshake {
		err = g.out.Flush()
	}
	return n, err
}

// message runs write, which sends one message, and flushes it.
func (g *guard) message(write func() error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := write(); err != nil {
		return err
	}
	return g.out.Flush()
}
