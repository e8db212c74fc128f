// Package join is how the programs take part in a cluster: glassy worker has the
// session process do the work, which has the fast libraries and the GPU, and does
// it itself where there is none.
package join

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"glassy/lab/cluster"
	"glassy/lab/device"
	"glassy/lab/thesis"
)

// Way is the way to a cluster's server, as flags give it.
type Way struct {
	URL, TokenFile, Credentials, CA, Cert, Key, Name string
}

// Usage is what the flags mean, for help.
const Usage = `  --nats URL         the server: nats://host:4222, tls://host:4222, several with commas
  --token-file FILE  the file that holds its secret token
  --creds FILE       or NATS credentials
  --tls-ca FILE      the certificates, PEM, of who may have signed the server's
  --tls-cert FILE    this machine's own certificate and its key, where the server asks
  --tls-key FILE
  --name NAME        of this process, for who looks at the cluster; default: host and process
`

// Flags adds the flags to a set.
func Flags(fs *flag.FlagSet) *Way {
	w := &Way{}
	fs.StringVar(&w.URL, "nats", "", "")
	fs.StringVar(&w.TokenFile, "token-file", "", "")
	fs.StringVar(&w.Credentials, "creds", "", "")
	fs.StringVar(&w.CA, "tls-ca", "", "")
	fs.StringVar(&w.Cert, "tls-cert", "", "")
	fs.StringVar(&w.Key, "tls-key", "", "")
	fs.StringVar(&w.Name, "name", "", "")
	return w
}

// Args are the flags again, for another program.
func (w *Way) Args() []string {
	var args []string
	for _, f := range []struct{ name, value string }{
		{"nats", w.URL}, {"token-file", w.TokenFile}, {"creds", w.Credentials},
		{"tls-ca", w.CA}, {"tls-cert", w.Cert}, {"tls-key", w.Key}, {"name", w.Name},
	} {
		if f.value != "" {
			args = append(args, "--"+f.name, f.value)
		}
	}
	return args
}

// Connect goes the way, with the program's version.
func (w *Way) Connect(ctx context.Context, version string) (*cluster.Cluster, error) {
	o := cluster.Options{Name: w.Name, Version: version, Credentials: w.Credentials}
	if o.Name == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "unknown host"
		}
		o.Name = fmt.Sprintf("%s/%d", host, os.Getpid())
	}
	if w.TokenFile != "" {
		b, err := os.ReadFile(w.TokenFile)
		if err != nil {
			return nil, fmt.Errorf("--token-file: %w", err)
		}
		o.Token = strings.TrimSpace(string(b))
	}
	var err error
	if o.TLS, err = w.tls(); err != nil {
		return nil, err
	}
	return cluster.Connect(ctx, w.URL, o)
}

func (w *Way) tls() (*tls.Config, error) {
	if w.CA == "" && w.Cert == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if w.CA != "" {
		pem, err := os.ReadFile(w.CA)
		if err != nil {
			return nil, fmt.Errorf("--tls-ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--tls-ca: %s: no certificate in PEM", w.CA)
		}
	}
	if w.Cert != "" {
		pair, err := tls.LoadX509KeyPair(w.Cert, w.Key)
		if err != nil {
			return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// Work is a worker's whole life: it joins, says so, and works until the context is
// done.
func Work(ctx context.Context, w *Way, version string, out io.Writer) error {
	c, err := w.Connect(ctx, version)
	if err != nil {
		return err
	}
	defer c.Close()
	dev, err := device.Open("cpu")
	if using := device.Using(); err == nil && using != device.Auto {
		dev, err = device.Open(using)
	} else if gpu, gerr := device.Open("cuda"); gerr == nil {
		dev = gpu
	}
	if err != nil {
		return err
	}
	speed := 1e-9 / device.Measure(dev, device.Float32).Flop
	fmt.Fprintf(out, "works for %v as version %s: %s, %.0f GFLOP/s; Ctrl-C ends it\n", c, version, dev.Describe(), speed)
	return c.Work(ctx, cluster.Worker{Device: dev.Name(), Speed: speed}, thesis.Tasks()...)
}
