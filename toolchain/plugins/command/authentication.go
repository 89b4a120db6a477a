package command

import (
	"fmt"
	"net"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// authentication returns the ways to log in, in the order in which they are tried: private key, password, agent.
// release ends the talk with the agent.
func (c connection) authentication() (methods []ssh.AuthMethod, release func(), err error) {
	release = func() {}
	if c.PrivateKey != nil {
		signer, err := c.signer()
		if err != nil {
			return nil, release, err
		}
		methods = append(methods, ssh.PublicKeys(signer))
	}
	if c.Password != nil {
		methods = append(methods, ssh.Password(*c.Password), ssh.KeyboardInteractive(c.answer))
	}
	socket, given := c.agentSocket()
	if socket == "" {
		return methods, release, nil
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		if !given {
			// A stale SSH_AUTH_SOCK is no reason to fail where nobody asked for an agent.
			return methods, release, nil
		}
		return nil, release, fmt.Errorf("connection.agentSocketPath: connecting to the SSH agent: %w", err)
	}
	methods = append(methods, ssh.PublicKeysCallback(agent.NewClient(conn).Signers))
	return methods, func() { _ = conn.Close() }, nil
}

func (c connection) signer() (ssh.Signer, error) {
	key := []byte(*c.PrivateKey)
	var signer ssh.Signer
	var err error
	if c.PrivateKeyPassword != nil {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(key, []byte(*c.PrivateKeyPassword))
	} else {
		signer, err = ssh.ParsePrivateKey(key)
	}
	if err != nil {
		return nil, fmt.Errorf("connection.privateKey is not usable: %w", err)
	}
	return signer, nil
}

// answer gives the password to every question of a keyboard-interactive login.
func (c connection) answer(_, _ string, questions []string, _ []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i := range answers {
		answers[i] = *c.Password
	}
	return answers, nil
}
