package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// noise is so many bytes that do not repeat.
func noise(n int) []byte {
	v := device.CPU().New(device.Float64, n/8+1)
	rng.Key(4).Stream().Normals(device.Host[float64](v))
	return memory(v)[:n]
}

// What is transferred arrives, both ways, whatever its size.
func TestTransfer(t *testing.T) {
	c := local(t, 0, Options{})
	d, err := c.openDesk("run")
	if err != nil {
		t.Fatal(err)
	}
	defer d.end()
	for _, n := range []int{0, 1, chunk, chunk + 1, 20*chunk - 7} {
		b, name := noise(n), fmt.Sprint(n)
		if n == chunk+1 {
			d.expect(name, make([]byte, n))
		}
		if err := c.deliver(t.Context(), "run", name, b); err != nil {
			t.Fatal(err)
		}
		if got, err := d.collect(name); err != nil || !bytes.Equal(got, b) {
			t.Errorf("%d bytes delivered: %d came (%v)", n, len(got), err)
		}
		d.offer(name, b)
		if got, err := c.fetch(t.Context(), "run", name, nil); err != nil || !bytes.Equal(got, b) {
			t.Errorf("%d bytes offered: %d came (%v)", n, len(got), err)
		}
	}
	d.withdraw("1")
	if _, err := c.fetch(t.Context(), "run", "1", nil); err == nil || !strings.Contains(err.Error(), `no "1"`) {
		t.Errorf("what was withdrawn: %v", err)
	}
	if _, err := d.collect("1"); err == nil {
		t.Error("collected twice")
	}
}

// A chunk that is not the next, or not whole, is refused.
func TestChunks(t *testing.T) {
	for _, bad := range []struct {
		header, data, want string
	}{
		{"", "abc", "chunk"},
		{"3/6/352441c2", "abc", "at 0"},
		{"0/2/352441c2", "abc", "of 3 bytes"},
		{"0/-1/352441c2", "abc", "of 3 bytes"},
		{"0/3/352441c2", "abd", "checksum"},
	} {
		m := nats.NewMsg("x")
		m.Header.Set(chunkHeader, bad.header)
		m.Data = []byte(bad.data)
		var p parcel
		if whole, err := p.add(m); whole || err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%q %q: %v, expected an error with %q", bad.header, bad.data, err, bad.want)
		}
	}
	m := nats.NewMsg("x")
	m.Header.Set(chunkHeader, "0/3/352441c2") // RFC 1952
	m.Data = []byte("abc")
	var p parcel
	if whole, err := p.add(m); !whole || err != nil {
		t.Errorf("a good chunk: %v, %v", whole, err)
	}
}

// A transfer goes on over a server that is restarted, and ends where the other side
// is gone.
func TestTransferInterrupted(t *testing.T) {
	s := ServerOptions{Store: t.TempDir(), Token: "known", Port: freePort(t)}
	first := serve(t, s)
	o := Options{Token: "known", Lost: lost}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wire := &cable{Listener: l, to: strings.TrimPrefix(first.Address(), "nats://")}
	go wire.serve()
	connect := func(url string) *Cluster {
		c, err := Connect(t.Context(), url, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	giver, worker := connect(first.Address()), connect("nats://"+l.Addr().String())
	d, err := giver.openDesk("run")
	if err != nil {
		t.Fatal(err)
	}
	if err := giver.conn.Flush(); err != nil {
		t.Fatal(err)
	}
	b := noise(8 << 20)
	for i, disturb := range []func(){
		func() { first.Close(); serve(t, s) },
		func() { wire.set(true); time.Sleep(2 * lost); wire.set(false) },
	} {
		name := fmt.Sprint(i)
		go disturb()
		for n := 0; ; n++ { // until the disturbance is over, at whatever moments
			err := worker.deliver(t.Context(), "run", fmt.Sprint(name, n), b)
			if errors.Is(err, errAway) { // both may come back later than one waits
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := d.collect(fmt.Sprint(name, n))
			if err != nil || !bytes.Equal(got, b) {
				t.Fatalf("%d bytes came (%v)", len(got), err)
			}
			if n == 2 {
				break
			}
		}
	}
	d.end()
	if err := giver.conn.Flush(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := worker.deliver(ctx, "run", "late", b); !errors.Is(err, errAway) {
		t.Errorf("to nobody: %v", err)
	}
}
