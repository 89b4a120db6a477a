package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/ssh"
)

// connection says how a machine is reached over SSH.
type connection struct {
	Host               string  `pulumi:"host"`
	Port               *int    `pulumi:"port,optional"`
	User               *string `pulumi:"user,optional"`
	Password           *string `pulumi:"password,optional" provider:"secret"`
	PrivateKey         *string `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string `pulumi:"agentSocketPath,optional"`
	HostKey            *string `pulumi:"hostKey,optional"`
	DialErrorLimit     *int    `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout     *int    `pulumi:"perDialTimeout,optional"`
}

// Annotate gives the defaults of the official provider.
func (c *connection) Annotate(a infer.Annotator) {
	a.SetDefault(&c.Port, 22)
	a.SetDefault(&c.User, "root")
	a.SetDefault(&c.DialErrorLimit, 10)
	a.SetDefault(&c.PerDialTimeout, 15)
}

const (
	firstPause = 100 * time.Millisecond
	pauseLimit = 5 * time.Second
	// unlimitedErrors is the dialErrorLimit that never gives up.
	unlimitedErrors = -1
)

// errHostKey marks a failure that no further attempt can mend: another machine answers.
var errHostKey = errors.New("host key mismatch")

// dial connects and logs in. Failed attempts are repeated, with growing pauses, up to dialErrorLimit times: a machine
// that has just been created needs a while until it lets anyone in.
func (c connection) dial(ctx context.Context) (*ssh.Client, error) {
	auth, closeAuth, err := c.authentication()
	if err != nil {
		return nil, err
	}
	defer closeAuth()
	config, err := c.clientConfig(auth)
	if err != nil {
		return nil, err
	}
	if c.HostKey == nil {
		p.GetLogger(ctx).Warningf("the identity of %s is not verified: the connection gives no hostKey", c.address())
	}
	for failed, pause := 0, firstPause; ; pause = min(2*pause, pauseLimit) {
		client, err := c.dialOnce(ctx, config)
		if err == nil {
			return client, nil
		}
		failed++
		if errors.Is(err, errHostKey) || *c.DialErrorLimit != unlimitedErrors && failed > *c.DialErrorLimit {
			return nil, fmt.Errorf("connecting to %s as %s failed %d times, at last with: %w",
				c.address(), *c.User, failed, err)
		}
		p.GetLogger(ctx).InfoStatusf("connecting to %s: attempt %d failed, trying again", c.address(), failed)
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("connecting to %s was cancelled after: %w", c.address(), err)
		case <-time.After(pause):
		}
	}
}

func (c connection) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(*c.Port)) }

func (c connection) dialOnce(ctx context.Context, config *ssh.ClientConfig) (*ssh.Client, error) {
	timeout := time.Duration(*c.PerDialTimeout) * time.Second
	raw, err := (&net.Dialer{Timeout: timeout}).DialContext(ctx, "tcp", c.address())
	if err != nil {
		return nil, err
	}
	if timeout > 0 {
		// The handshake counts too: a host that accepts and then says nothing would otherwise hang for ever.
		_ = raw.SetDeadline(time.Now().Add(timeout))
	}
	stopWatching := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stopWatching()
	conn, channels, requests, err := ssh.NewClientConn(raw, c.address(), config)
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	_ = raw.SetDeadline(time.Time{})
	return ssh.NewClient(conn, channels, requests), nil
}

func (c connection) clientConfig(auth []ssh.AuthMethod) (*ssh.ClientConfig, error) {
	config := &ssh.ClientConfig{User: *c.User, Auth: auth}
	if c.HostKey == nil {
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey()
		return config, nil
	}
	pinned, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*c.HostKey))
	if err != nil {
		return nil, fmt.Errorf(`connection.hostKey must be a public key such as "ssh-ed25519 AAAA...": %w`, err)
	}
	config.HostKeyAlgorithms = algorithmsOf(pinned.Type())
	config.HostKeyCallback = func(_ string, _ net.Addr, presented ssh.PublicKey) error {
		if string(presented.Marshal()) == string(pinned.Marshal()) {
			return nil
		}
		return fmt.Errorf("%w: expected %s, the host presented %s; if the host was set up anew, correct hostKey",
			errHostKey, ssh.FingerprintSHA256(pinned), ssh.FingerprintSHA256(presented))
	}
	return config, nil
}

// algorithmsOf returns the signature algorithms of a key type; RSA keys sign with several.
func algorithmsOf(keyType string) []string {
	if keyType == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{keyType}
}

// agentSocket is the SSH agent to ask: the given one, else that of the environment, else none.
func (c connection) agentSocket() (path string, given bool) {
	if c.AgentSocketPath != nil && *c.AgentSocketPath != "" {
		return *c.AgentSocketPath, true
	}
	return os.Getenv("SSH_AUTH_SOCK"), false
}
