package command

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"

	"vpai/toolchain/plugins/internal/plugintest"
)

const (
	serverUser     = "operator"
	serverPassword = "let-me-in"
)

// sshServer is a real SSH server in the test's process that runs commands with /bin/sh.
type sshServer struct {
	t                *testing.T
	port             int
	host             ssh.Signer
	client           ed25519.PrivateKey
	file             string
	logins, commands atomic.Int32
}

func startServer(t *testing.T) *sshServer {
	t.Helper()
	s := &sshServer{t: t, file: filepath.Join(t.TempDir(), "written")}
	_, s.client, _ = ed25519.GenerateKey(rand.Reader)
	_, hostKey, _ := ed25519.GenerateKey(rand.Reader)
	var err error
	if s.host, err = ssh.NewSignerFromKey(hostKey); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	s.port = listener.Addr().(*net.TCPAddr).Port
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

func (s *sshServer) hostKey() string { return string(ssh.MarshalAuthorizedKey(s.host.PublicKey())) }

func (s *sshServer) connection() values {
	block, err := ssh.MarshalPrivateKey(s.client, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return values{
		"host": "127.0.0.1", "port": s.port, "user": serverUser, "hostKey": s.hostKey(), "dialErrorLimit": 0,
		"privateKey": plugintest.Secret(string(pem.EncodeToMemory(block))),
	}
}

func (s *sshServer) encryptedKey(passphrase string) string {
	block, err := ssh.MarshalPrivateKeyWithPassphrase(s.client, "", []byte(passphrase))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

func (s *sshServer) written() string {
	text, err := os.ReadFile(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *sshServer) config() *ssh.ServerConfig {
	allowed, err := ssh.NewPublicKey(s.client.Public())
	if err != nil {
		s.t.Fatal(err)
	}
	refused := errors.New("not this one")
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(conn ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			s.logins.Add(1)
			if conn.User() != serverUser || string(key.Marshal()) != string(allowed.Marshal()) {
				return nil, refused
			}
			return nil, nil
		},
		PasswordCallback: func(conn ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			s.logins.Add(1)
			if conn.User() != serverUser || string(password) != serverPassword {
				return nil, refused
			}
			return nil, nil
		},
	}
	config.AddHostKey(s.host)
	return config
}

func (s *sshServer) serve(raw net.Conn) {
	conn, channels, requests, err := ssh.NewServerConn(raw, s.config())
	if err != nil {
		return
	}
	defer conn.Close()
	go ssh.DiscardRequests(requests)
	for next := range channels {
		channel, requests, err := next.Accept()
		if err != nil {
			return
		}
		go s.session(channel, requests)
	}
}

func (s *sshServer) session(channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	environment := os.Environ()
	for request := range requests {
		switch request.Type {
		case "env":
			var variable struct{ Name, Value string }
			_ = ssh.Unmarshal(request.Payload, &variable)
			accepted := !strings.HasPrefix(variable.Name, "REFUSED")
			environment = append(environment, variable.Name+"="+variable.Value)
			_ = request.Reply(accepted, nil)
		case "exec":
			var command struct{ Text string }
			_ = ssh.Unmarshal(request.Payload, &command)
			_ = request.Reply(true, nil)
			s.commands.Add(1)
			status := struct{ Code uint32 }{run(channel, command.Text, environment)}
			_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(status))
			return
		default:
			_ = request.Reply(false, nil)
		}
	}
}

func run(channel ssh.Channel, text string, environment []string) uint32 {
	cmd := exec.Command("/bin/sh", "-c", text)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = environment, channel, channel, channel.Stderr()
	var exit *exec.ExitError
	if err := cmd.Run(); errors.As(err, &exit) {
		return uint32(exit.ExitCode())
	}
	return 0
}
