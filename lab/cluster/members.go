package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

// A Member is a process that takes part.
type Member struct {
	ID      string
	Name    string
	Version string  // of the code
	Worker  bool    // it takes tasks; else it gives them
	Device  string  // of a worker: what it computes on
	Speed   float64 // of that, GFLOP/s
	Task    string  // of a worker: what it is at; "": nothing
}

func (c *Cluster) member(worker bool) Member {
	return Member{ID: uuid.NewString(), Name: c.options.Name, Version: c.options.Version, Worker: worker}
}

// announce keeps the member in the table until the context is done. It waits for
// no answer longer than until the next word is due: a server that was restarted
// gives none, and has to hear of who is there.
func (c *Cluster) announce(ctx context.Context, self func() Member) {
	id, every := self().ID, c.options.Lost/4
	beat := time.NewTicker(every)
	defer beat.Stop()
	for {
		put, cancel := context.WithTimeout(ctx, every)
		_ = c.say(put, self())
		cancel()
		select {
		case <-beat.C:
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_ = c.members.Purge(end, id)
			return
		}
	}
}

// say puts the member into the table.
func (c *Cluster) say(ctx context.Context, m Member) error {
	b, err := json.Marshal(m)
	if err == nil {
		_, err = c.members.Put(ctx, m.ID, b)
	}
	return err
}

// Members are the processes that were heard of lately, by their names.
func (c *Cluster) Members(ctx context.Context) ([]Member, error) {
	keys, err := c.members.Keys(ctx)
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cluster: members: %w", err)
	}
	var out []Member
	for _, key := range keys {
		e, err := c.members.Get(ctx, key)
		if err != nil {
			continue // gone meanwhile
		}
		var m Member
		if json.Unmarshal(e.Value(), &m) == nil {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Member) int {
		return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
	})
	return out, nil
}

// sameVersion is an error where those who give work have another version, all of
// them.
func (c *Cluster) sameVersion(ctx context.Context) error {
	members, err := c.Members(ctx)
	if err != nil {
		return err
	}
	other := ""
	for _, m := range members {
		switch {
		case m.Worker:
		case m.Version == c.options.Version:
			return nil
		default:
			other = m.Version
		}
	}
	if other != "" {
		return fmt.Errorf("cluster: this worker is version %q, the work is for version %q: install the same on both", c.options.Version, other)
	}
	return nil
}

// A Status is how a cluster stands.
type Status struct {
	Members []Member
	Waiting int    // tasks that nobody has begun
	Working int    // tasks that somebody is at
	Stored  uint64 // bytes that the server keeps
}

// Status asks the server.
func (c *Cluster) Status(ctx context.Context) (Status, error) {
	members, err := c.Members(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{Members: members}
	stream, err := c.js.Stream(ctx, workStream)
	if err != nil {
		return s, fmt.Errorf("cluster: status: %w", err)
	}
	total := stream.CachedInfo().State.Msgs
	for info := range stream.ListConsumers(ctx).Info() {
		s.Working += info.NumAckPending
	}
	s.Waiting = int(total) - s.Working
	account, err := c.js.AccountInfo(ctx)
	if err != nil {
		return s, fmt.Errorf("cluster: status: %w", err)
	}
	s.Stored = account.Store
	return s, nil
}

// String is a table.
func (s Status) String() string {
	var b strings.Builder
	workers := 0
	for _, m := range s.Members {
		if m.Worker {
			workers++
		}
	}
	fmt.Fprintf(&b, "%d workers, %d tasks in work, %d waiting, %.3g MB stored\n", workers, s.Working, s.Waiting, float64(s.Stored)/1e6)
	for _, m := range s.Members {
		switch {
		case !m.Worker:
			fmt.Fprintf(&b, "  gives work  %-20s version %s\n", m.Name, m.Version)
		default:
			at := m.Task
			if at == "" {
				at = "waits"
			}
			fmt.Fprintf(&b, "  worker      %-20s version %s, %s", m.Name, m.Version, m.Device)
			if m.Speed > 0 {
				fmt.Fprintf(&b, ", %.3g GFLOP/s", m.Speed)
			}
			fmt.Fprintf(&b, ": %s\n", at)
		}
	}
	return b.String()
}
