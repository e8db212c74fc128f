package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"glassy/kernel/cmd/internal/join"
	"glassy/lab/cluster"
)

var clusterCommand = command{
	name: "cluster", args: "serve [--listen HOST:PORT] [--token-file FILE] | status --nats URL …",
	short: "serve a cluster, or look at one",
	long: `
serve   runs a NATS server that keeps a cluster's tasks, until Ctrl-C. It listens
        on this machine alone unless --listen names another of its addresses. Who
        joins needs the token in the file, which is made where there is none.
status  tells who is there and what waits

` + join.Usage + `
  glassy cluster serve --listen 10.0.0.7:4222 --token-file token
  glassy worker --nats nats://10.0.0.7:4222 --token-file token
  glassy cluster status --nats nats://10.0.0.7:4222 --token-file token

A NATS server that is there already, or a cluster of them, does as well.
`,
	run: (*app).cluster,
}

func (a *app) cluster(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("cluster", flag.ContinueOnError)
	way := join.Flags(fs)
	listen := fs.String("listen", "127.0.0.1:4222", "")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("serve or status is missing")
	}
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	switch rest[0] {
	case "serve":
		return a.serveCluster(ctx, *listen, way.TokenFile)
	case "status":
		if way.URL == "" {
			return usagef("--nats is missing: the URL of the cluster's server")
		}
		c, err := way.Connect(ctx, programVersion())
		if err != nil {
			return err
		}
		defer c.Close()
		s, err := c.Status(ctx)
		if err != nil {
			return err
		}
		fmt.Fprint(a.out, s)
		return nil
	}
	return usagef("cluster %q, expected serve or status", rest[0])
}

func (a *app) serveCluster(ctx context.Context, listen, tokenFile string) error {
	host, portText, err := net.SplitHostPort(listen)
	port, perr := strconv.Atoi(portText)
	if err != nil || perr != nil || host == "" {
		return usagef("--listen %q, expected HOST:PORT", listen)
	}
	f, err := a.folders()
	if err != nil {
		return err
	}
	if tokenFile == "" {
		tokenFile = filepath.Join(f.home, "cluster", "token")
	}
	token, err := tokenIn(tokenFile)
	if err != nil {
		return err
	}
	c, err := cluster.Serve(ctx, cluster.ServerOptions{
		Host: host, Port: port, Token: token, Store: filepath.Join(f.home, "cluster"),
	}, cluster.Options{Name: "server", Version: programVersion()})
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Fprintf(a.out, "serves %s; to join:\n  glassy worker --nats %[1]s --token-file %s\n", c.URL(), tokenFile)
	<-ctx.Done()
	return nil
}

// tokenIn is the secret in a file, a fresh one where there is none.
func tokenIn(path string) (string, error) {
	b, err := os.ReadFile(path)
	if token := strings.TrimSpace(string(b)); err == nil && token != "" {
		return token, nil
	}
	if err != nil && !os.IsNotExist(err) {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	token := rand.Text()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = file.WriteString(token + "\n")
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return "", fmt.Errorf("--token-file: %w", err)
	}
	return token, nil
}
