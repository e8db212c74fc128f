package wire

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
)

// Connection is a Jupyter connection file: where a kernel listens and the key
// that signs its messages.
type Connection struct {
	Transport       string `json:"transport"` // "tcp" or "ipc"
	IP              string `json:"ip"`        // tcp: the address; ipc: the path that "-port" is appended to
	Key             string `json:"key"`       // "" turns signatures off
	SignatureScheme string `json:"signature_scheme"`
	KernelName      string `json:"kernel_name,omitempty"`
	ShellPort       int    `json:"shell_port"`
	ControlPort     int    `json:"control_port"`
	StdinPort       int    `json:"stdin_port"`
	IOPubPort       int    `json:"iopub_port"`
	HBPort          int    `json:"hb_port"`
}

// signatureScheme is the one scheme that Jupyter front ends use.
const signatureScheme = "hmac-sha256"

// ReadConnection reads the connection file at path.
func ReadConnection(path string) (Connection, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Connection{}, fmt.Errorf("reading the connection file: %w", err)
	}
	c, err := ParseConnection(data)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

// ParseConnection parses and checks the text of a connection file. An absent
// transport is tcp and an absent signature scheme is hmac-sha256.
func ParseConnection(data []byte) (Connection, error) {
	var c Connection
	if err := json.Unmarshal(data, &c); err != nil {
		return Connection{}, fmt.Errorf("not a JSON object of the expected form: %w", err)
	}
	if c.Transport == "" {
		c.Transport = "tcp"
	}
	if c.SignatureScheme == "" {
		c.SignatureScheme = signatureScheme
	}
	for _, p := range c.ports() {
		if p.port < 1 || p.port > 65535 {
			return Connection{}, fmt.Errorf("%s is %d, want 1 to 65535", p.name, p.port)
		}
	}
	return c, c.check()
}

// check says what Listen cannot serve.
func (c Connection) check() error {
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return fmt.Errorf("transport is %q, want tcp or ipc", c.Transport)
	}
	if c.IP == "" {
		return fmt.Errorf("ip is empty, want an address (tcp) or a path (ipc)")
	}
	if c.SignatureScheme != "" && c.SignatureScheme != signatureScheme {
		return fmt.Errorf("signature_scheme is %q, want %s", c.SignatureScheme, signatureScheme)
	}
	return nil
}

// Channel names one of a kernel's five sockets.
type Channel string

// The five sockets.
const (
	Shell     Channel = "shell"
	Control   Channel = "control"
	Stdin     Channel = "stdin"
	IOPub     Channel = "iopub"
	Heartbeat Channel = "hb"
)

type portOf struct {
	name    string
	channel Channel
	port    int
}

func (c Connection) ports() []portOf {
	return []portOf{
		{"shell_port", Shell, c.ShellPort},
		{"control_port", Control, c.ControlPort},
		{"stdin_port", Stdin, c.StdinPort},
		{"iopub_port", IOPub, c.IOPubPort},
		{"hb_port", Heartbeat, c.HBPort},
	}
}

// setPort records the port that a socket was bound to.
func (c *Connection) setPort(ch Channel, port int) {
	switch ch {
	case Shell:
		c.ShellPort = port
	case Control:
		c.ControlPort = port
	case Stdin:
		c.StdinPort = port
	case IOPub:
		c.IOPubPort = port
	case Heartbeat:
		c.HBPort = port
	}
}

// Address is the network ("tcp" or "unix") and the address of a channel, as
// package net takes them.
func (c Connection) Address(ch Channel) (network, address string) {
	port := 0
	for _, p := range c.ports() {
		if p.channel == ch {
			port = p.port
		}
	}
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(port)
	}
	host := c.IP
	if host == "*" {
		host = ""
	}
	return "tcp", net.JoinHostPort(host, strconv.Itoa(port))
}

// Endpoint is the address of a channel as ZeroMQ writes it: tcp://127.0.0.1:5555
// or ipc://path-1.
func (c Connection) Endpoint(ch Channel) string {
	_, address := c.Address(ch)
	return c.Transport + "://" + address
}
