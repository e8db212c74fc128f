package cluster

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"glassy/lab/run"
)

// Options are how a process takes part.
type Options struct {
	Name    string // of this process, for who looks at the cluster
	Version string // of the code, "": run.Version(): tasks go to workers of the same version only

	// What the server asks of who comes; see NATS.
	Token       string      // a shared secret
	Credentials string      // the path of a credentials file
	TLS         *tls.Config // nil: as the URL's scheme says

	// Lost is how long a worker may be silent before its task is given to
	// another; 0 is 10 s. All processes of a cluster should have the same.
	Lost time.Duration
}

// A Cluster is a connection to the server through which processes share work.
// Its methods may be called from several goroutines.
type Cluster struct {
	options Options
	conn    *nats.Conn
	js      jetstream.JetStream
	members jetstream.KeyValue
	version string         // of the code, as a part of subjects
	server  *server.Server // where it is ours
	atClose []func()
}

// The names of what the server keeps. All begin alike, so that a server that is
// shared with others stays in order.
const (
	workStream   = "GLASSY_WORK"
	doneStream   = "GLASSY_DONE"
	memberBucket = "GLASSY_MEMBERS"

	workSubject = "glassy.work." // version, run
	doneSubject = "glassy.done." // run
	stopSubject = "glassy.stop." // run
)

const (
	day         = 24 * time.Hour
	duplicates  = 10 * time.Minute // how long the server remembers the names of messages
	defaultLost = 10 * time.Second
)

// Connect joins the server at url, nats://host:4222 or tls://host:4222, several
// with commas between. It is an error that says what is wrong where there is no
// server, or one without JetStream. A server that goes away later is waited for.
func Connect(ctx context.Context, url string, o Options) (*Cluster, error) {
	return connect(ctx, url, o, nil)
}

func connect(ctx context.Context, url string, o Options, own *server.Server) (*Cluster, error) {
	if o.Lost == 0 {
		o.Lost = defaultLost
	}
	if o.Version == "" {
		o.Version = run.Version()
	}
	sum := sha256.Sum256([]byte(o.Version))
	c := &Cluster{options: o, version: hex.EncodeToString(sum[:8]), server: own}
	with := []nats.Option{
		nats.Name("glassy " + o.Name), nats.MaxReconnects(-1), nats.ReconnectWait(200 * time.Millisecond),
		nats.PingInterval(o.Lost / 4), nats.MaxPingsOutstanding(2), // a cut cable says nothing
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // who waits for an answer sees it
		nats.ReconnectBufSize(-1), // what could not be sent is sent again by who knows what it was
	}
	if o.Token != "" {
		with = append(with, nats.Token(o.Token))
	}
	if o.Credentials != "" {
		with = append(with, nats.UserCredentials(o.Credentials))
	}
	if own != nil && o.TLS == nil {
		with = append(with, nats.InProcessServer(own)) // no socket between
	}
	if o.TLS != nil {
		with = append(with, nats.Secure(o.TLS))
	}
	var err error
	if c.conn, err = nats.Connect(url, with...); err != nil {
		return nil, fmt.Errorf("cluster: connect to %s: %w", Redacted(url), err)
	}
	c.atClose = append(c.atClose, c.conn.Close)
	if err := c.open(ctx); err != nil {
		c.conn.Close()
		return nil, fmt.Errorf("cluster: %s: %w", Redacted(url), err)
	}
	return c, nil
}

// Redacted is a server's URL without what nobody else should read.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the server"
	}
	if u.User != nil {
		u.User = url.User("…")
	}
	return u.String()
}

// open makes on the server what is not there.
func (c *Cluster) open(ctx context.Context) (err error) {
	if c.js, err = jetstream.New(c.conn); err != nil {
		return err
	}
	_, err = c.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: workStream, Subjects: []string{workSubject + ">"},
		Description: "tasks that are waited for", Retention: jetstream.WorkQueuePolicy, Duplicates: duplicates,
		Discard: jetstream.DiscardNew, MaxBytes: c.mostWaiting(),
	})
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, nats.ErrNoResponders) {
		return fmt.Errorf("the server has no JetStream, which keeps the tasks: start it with -js (%w)", err)
	}
	if err != nil {
		return fmt.Errorf("the stream of tasks: %w", err)
	}
	if _, err = c.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: doneStream, Subjects: []string{doneSubject + ">"},
		Description: "results that nobody has fetched", MaxAge: 7 * day, Duplicates: duplicates,
	}); err != nil {
		return fmt.Errorf("the stream of results: %w", err)
	}
	if c.members, err = c.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: memberBucket, Description: "who is there", TTL: 3 * c.options.Lost,
	}); err != nil {
		return fmt.Errorf("the table of members: %w", err)
	}
	return nil
}

// mostWaiting is how much of our own server's store tasks may take: the server
// keeps nothing at all any more once its store is full. -1 is no limit.
func (c *Cluster) mostWaiting() int64 {
	if c.server == nil {
		return -1
	}
	return c.server.JetStreamConfig().MaxStore / 2
}

// URL is where the server is, without secrets.
func (c *Cluster) URL() string { return Redacted(c.conn.ConnectedUrl()) }

// String says where the server is.
func (c *Cluster) String() string {
	if c.server != nil {
		return "cluster of this process, " + c.URL()
	}
	return "cluster at " + c.URL()
}

// Close leaves the cluster, and ends the server where it is this process's own.
func (c *Cluster) Close() {
	for _, f := range slices.Backward(c.atClose) {
		f()
	}
}

// again does it until it works, the context is done, or the error is final: a
// server that is being restarted is waited for.
func again(ctx context.Context, do func() error) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := do()
		if err == nil || final(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (%w)", context.Cause(ctx), err)
		case <-time.After(wait):
		}
	}
}

// final says that there is no use in trying again: the server has understood, and
// refuses; or there will be none.
func final(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.Code < 500 || api.ErrorCode == errInsufficient || api.ErrorCode == errStoreFailed
	}
	if _, ok := errors.AsType[*finalError](err); ok {
		return true
	}
	return errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrAuthorization)
}

// The server's codes for a store that is full.
const (
	errInsufficient jetstream.ErrorCode = 10023
	errStoreFailed  jetstream.ErrorCode = 10077
)
