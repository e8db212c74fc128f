package wire

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const connectionFile = `{"shell_port":5001,"iopub_port":5002,"stdin_port":5003,"control_port":5004,"hb_port":5005,
	"ip":"127.0.0.1","key":"a0436f6c","transport":"tcp","signature_scheme":"hmac-sha256","kernel_name":"glassy"}`

func TestReadConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel-1.json")
	if err := os.WriteFile(path, []byte(connectionFile), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := ReadConnection(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Connection{Transport: "tcp", IP: "127.0.0.1", Key: "a0436f6c", SignatureScheme: "hmac-sha256",
		KernelName: "glassy", ShellPort: 5001, IOPubPort: 5002, StdinPort: 5003, ControlPort: 5004, HBPort: 5005}
	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
	for ch, endpoint := range map[Channel]string{Shell: "tcp://127.0.0.1:5001", Heartbeat: "tcp://127.0.0.1:5005"} {
		if got := c.Endpoint(ch); got != endpoint {
			t.Errorf("%s at %s, want %s", ch, got, endpoint)
		}
	}
	c.Transport, c.IP = "ipc", "/run/k"
	if got := c.Endpoint(IOPub); got != "ipc:///run/k-5002" {
		t.Errorf("ipc endpoint %s", got)
	}
}

func TestBadConnection(t *testing.T) {
	for change, want := range map[[2]string]string{
		{"tcp", "pgm"}:             "transport",
		{"5001", "0"}:              "shell_port",
		{"5004", "65536"}:          "control_port",
		{"5005", "-1"}:             "hb_port",
		{"5005", `"5005"`}:         "hb_port",
		{"127.0.0.1", ""}:          "ip",
		{"sha256", "md5"}:          "signature_scheme",
		{`"stdin_port":5003,`, ""}: "stdin_port",
		{`"glassy"}`, `"glassy"`}:  "JSON",
	} {
		text := strings.Replace(connectionFile, change[0], change[1], 1)
		if _, err := ParseConnection([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q for %q: error %v, want one about %s", change[1], change[0], err, want)
		}
	}
	if _, err := ReadConnection("/no/such/file"); err == nil || !strings.Contains(err.Error(), "/no/such/file") {
		t.Errorf("error %v does not name the file", err)
	}
}

func FuzzParseConnection(f *testing.F) {
	f.Add([]byte(connectionFile))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConnection(data)
		if err != nil {
			return
		}
		for _, p := range c.ports() {
			if p.port < 1 || p.port > 65535 {
				t.Fatalf("%s %d accepted", p.name, p.port)
			}
		}
		if c.check() != nil || c.Endpoint(Shell) == "" {
			t.Fatalf("accepted %+v", c)
		}
	})
}
