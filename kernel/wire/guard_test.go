package wire

import (
	"encoding/binary"
	"io"
	"net"
	"testing"
)

// follower is a guard with nothing behind it.
func follower() *guard { return &guard{handshake: true, skip: greetingSize} }

func TestGuardFollowsFrames(t *testing.T) {
	g := follower()
	stream := make([]byte, greetingSize)
	stream = append(stream, flagCommand, 3, 'a', 'b', 'c')
	stream = append(stream, flagMore, 0)
	stream = append(stream, binary.BigEndian.AppendUint64([]byte{flagLong}, 300)...)
	stream = append(stream, make([]byte, 300)...)
	stream = append(stream, 0) // half of the next header
	for i := range stream {    // a byte at a time and all at once must agree
		if err := g.follow(stream[i : i+1]); err != nil {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	if whole := follower(); whole.follow(stream) != nil || whole.skip != g.skip || len(whole.header) != len(g.header) {
		t.Errorf("whole: skip %d header %v; by bytes: skip %d header %v", whole.skip, whole.header, g.skip, g.header)
	}
	if g.skip != 0 || len(g.header) != 1 || g.size != 0 {
		t.Errorf("skip %d, header %v, size %d, want 0, one byte, 0", g.skip, g.header, g.size)
	}
}

func TestGuardLimits(t *testing.T) {
	long := func(flags byte, size uint64) []byte {
		return binary.BigEndian.AppendUint64([]byte{flags | flagLong}, size)
	}
	for name, c := range map[string]struct {
		handshake bool
		frames    [][]byte
		ok        bool
	}{
		"largest":          {false, [][]byte{long(0, maxMessage)}, true},
		"too large":        {false, [][]byte{long(0, maxMessage+1)}, false},
		"2^64-1":           {false, [][]byte{long(0, 1<<64-1)}, false},
		"large handshake":  {true, [][]byte{long(flagCommand, maxHandshake+1)}, false},
		"two make too big": {false, [][]byte{{flagMore, 1, 0}, long(0, maxMessage)}, false},
	} {
		g := follower()
		g.handshake, g.skip = c.handshake, 0
		var err error
		for _, f := range c.frames {
			if err == nil {
				err = g.follow(f)
			}
		}
		if (err == nil) != c.ok {
			t.Errorf("%s: error %v, want ok %v", name, err, c.ok)
		}
	}
	g := follower()
	g.handshake, g.skip = false, 0
	var err error
	for range maxMessageFrames + 1 {
		err = g.follow([]byte{flagMore, 0})
	}
	if err == nil {
		t.Errorf("%d frames in one message accepted", maxMessageFrames+1)
	}
}

// FuzzGuard sends arbitrary bytes through a guard, as zmq4 reads them: no size
// over the limit may get through.
func FuzzGuard(f *testing.F) {
	f.Add([]byte{0, 1, 'a', flagMore, 2, 'b', 'c', 0, 0})
	f.Add(binary.BigEndian.AppendUint64([]byte{flagLong}, 1<<62))
	f.Fuzz(func(t *testing.T, data []byte) {
		ours, theirs := net.Pipe()
		go func() {
			theirs.Write(data)
			theirs.Close()
		}()
		defer ours.Close()
		g := newGuard(ours)
		g.handshake, g.skip = false, 0
		for {
			var header [9]byte
			if _, err := io.ReadFull(g, header[:2]); err != nil {
				return
			}
			size := uint64(header[1])
			if header[0]&flagLong != 0 {
				if _, err := io.ReadFull(g, header[2:]); err != nil {
					return
				}
				size = binary.BigEndian.Uint64(header[1:])
			}
			if size > maxMessage {
				t.Fatalf("a frame of %d bytes got through", size)
			}
			if _, err := io.CopyN(io.Discard, g, int64(size)); err != nil {
				return
			}
		}
	})
}
