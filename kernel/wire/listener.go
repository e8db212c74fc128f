package wire

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

const (
	handshakeTimeout = 10 * time.Second
	linger           = time.Second // what is queued has this long to leave at the end
)

// listener is one bound socket and its peers.
type listener struct {
	channel Channel
	kind    zmq4.SocketType
	log     *slog.Logger
	receive func(*peer, [][]byte) // called from each peer's reader

	net net.Listener

	mu     sync.Mutex
	peers  map[*peer]struct{}
	byID   map[string]*peer // the last to come, where two share an identity
	closed bool
	wg     sync.WaitGroup
}

// listen binds a channel and starts to accept.
func listen(c Connection, ch Channel, kind zmq4.SocketType, log *slog.Logger, receive func(*peer, [][]byte)) (*listener, error) {
	network, address := c.Address(ch)
	if network == "unix" {
		removeStale(address)
	}
	nl, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("binding the %s socket to %s: %w", ch, c.Endpoint(ch), err)
	}
	l := &listener{
		channel: ch,
		kind:    kind,
		log:     log.With("socket", string(ch)),
		receive: receive,
		net:     nl,
		peers:   make(map[*peer]struct{}),
		byID:    make(map[string]*peer),
	}
	l.wg.Go(l.accept)
	return l, nil
}

// removeStale removes the socket file of a kernel that was killed: one that
// nobody answers on. A live one stays, and binding to it fails.
func removeStale(path string) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&os.ModeSocket == 0 {
		return
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return
	}
	os.Remove(path)
}

func (l *listener) accept() {
	for {
		c, err := l.net.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			l.log.Warn("accepting a connection failed; trying on", "err", err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		go l.serve(c)
	}
}

// serve is the life of one connection.
func (l *listener) serve(c net.Conn) {
	p, err := handshake(c, l.kind, handshakeTimeout)
	if err != nil {
		l.log.Warn("connection refused", "from", c.RemoteAddr().String(), "err", err)
		return
	}
	defer p.conn.Close()
	if !l.add(p) {
		return
	}
	defer l.remove(p)
	go p.write()
	defer p.finish()
	if err := p.read(l.receive); err != nil {
		l.log.Warn("connection ended", "from", c.RemoteAddr().String(), "err", err)
	}
}

func (l *listener) add(p *peer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.peers[p] = struct{}{}
	l.byID[p.id] = p
	return true
}

func (l *listener) remove(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.peers, p)
	if l.byID[p.id] == p {
		delete(l.byID, p.id)
	}
}

// find returns p while it is connected, else the peer that came after it with
// the same identity, else nil.
func (l *listener) find(p *peer) *peer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, live := l.peers[p]; live {
		return p
	}
	return l.byID[p.id]
}

// all returns the connected peers.
func (l *listener) all() []*peer {
	l.mu.Lock()
	defer l.mu.Unlock()
	peers := make([]*peer, 0, len(l.peers))
	for p := range l.peers {
		peers = append(peers, p)
	}
	return peers
}

// close stops listening, gives what is queued until the deadline to leave, and
// closes the connections.
func (l *listener) close(deadline <-chan time.Time) error {
	err := l.net.Close() // removes the file of an ipc socket
	l.wg.Wait()
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	peers := l.all()
	for _, p := range peers {
		p.finish()
	}
	for _, p := range peers {
		select {
		case <-p.written:
		case <-deadline:
		}
		p.conn.Close()
	}
	return err
}
