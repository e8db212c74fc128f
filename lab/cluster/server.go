package cluster

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// ServerOptions are those of a server of one's own. The zero value is a server
// that only processes of this machine reach, and only with its token.
type ServerOptions struct {
	Host  string      // the address it listens on; "": 127.0.0.1, this machine alone
	Port  int         // 0: any that is free
	Token string      // a shared secret; "": a fresh one, see Cluster.Token
	TLS   *tls.Config // nil: none
	Store string      // the folder where tasks are kept, of this server alone; "": a temporary one, which goes with it
	Limit int64       // the most bytes that it keeps; 0: three quarters of what is free on the disk
}

// maxPayload is the largest message that a server of ours takes.
const maxPayload = 8 << 20

// Serve starts a NATS server in this process and connects to it. Who else wants
// to join needs its URL and Token.
func Serve(ctx context.Context, s ServerOptions, o Options) (*Cluster, error) {
	if s.Host == "" {
		s.Host = "127.0.0.1"
	}
	if s.Port == 0 {
		s.Port = server.RANDOM_PORT
	}
	if s.Token == "" {
		s.Token = rand.Text()
	}
	end := func() {}
	if s.Store == "" {
		dir, err := os.MkdirTemp("", "glassy-cluster-")
		if err != nil {
			return nil, fmt.Errorf("cluster: a folder for tasks: %w", err)
		}
		s.Store, end = dir, func() { os.RemoveAll(dir) }
	}
	release, err := alone(s.Store)
	if err != nil {
		end()
		return nil, err
	}
	srv, err := server.NewServer(&server.Options{
		ServerName: "glassy", Host: s.Host, Port: s.Port, Authorization: s.Token, MaxPayload: maxPayload,
		TLS: s.TLS != nil, TLSConfig: s.TLS,
		JetStream: true, StoreDir: s.Store, JetStreamMaxStore: s.Limit,
		NoLog: true, NoSigs: true, DisableShortFirstPing: true,
	})
	if err != nil {
		release()
		end()
		return nil, fmt.Errorf("cluster: NATS server: %w", err)
	}
	remove := end
	end = func() {
		srv.Shutdown()
		srv.WaitForShutdown()
		release()
		remove()
	}
	srv.Start()
	if !srv.ReadyForConnections(10 * time.Second) {
		end()
		return nil, fmt.Errorf("cluster: NATS server: not ready on %s:%d within 10 s: is the port taken?", s.Host, s.Port)
	}
	o.Token = s.Token
	if o.TLS == nil && s.TLS != nil {
		o.TLS = &tls.Config{RootCAs: s.TLS.ClientCAs, ServerName: s.Host}
	}
	c, err := connect(ctx, srv.ClientURL(), o, srv)
	if err != nil {
		end()
		return nil, err
	}
	c.atClose = slices.Insert(c.atClose, 0, end)
	return c, nil
}

// alone takes the folder for a server of this process: two that keep their tasks in
// one folder would write into each other's.
func alone(folder string) (release func(), err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("cluster: the folder where tasks are kept: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cluster: the folder where tasks are kept: %w", err)
	}
	taken, err := lock(f)
	if taken {
		who, _ := io.ReadAll(f) // its number is for who reads the error
		err = fmt.Errorf("another server, process %s, keeps its tasks there: connect to that one, end it, or name another folder", who)
	} else if err == nil {
		err = f.Truncate(0)
		if err == nil {
			_, err = f.WriteString(strconv.Itoa(os.Getpid()))
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("cluster: the folder %s: %w", folder, err)
	}
	return func() { f.Close() }, nil
}

// Local is a cluster within this process: a server that only this machine
// reaches, and so many workers.
func Local(ctx context.Context, workers int, o Options, tasks ...Work) (*Cluster, error) {
	c, err := Serve(ctx, ServerOptions{}, o)
	if err != nil {
		return nil, err
	}
	work, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { _ = c.Work(work, Worker{Device: "this process"}, tasks...) }) // it ends when c does
	}
	c.atClose = append(c.atClose, func() { cancel(); all.Wait() })
	return c, nil
}

// Token is the secret of this process's own server, for those who may join.
func (c *Cluster) Token() string { return c.options.Token }

// Address is where others reach this process's own server.
func (c *Cluster) Address() string { return c.conn.ConnectedUrl() }
