package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"strings"
)

// endpoint is where samples or lines are taken.
type endpoint struct {
	URL   string     `alloy:"url,attr"`
	Login *basicAuth `alloy:"basic_auth,block,optional"`
	TLS   *tlsConfig `alloy:"tls_config,block,optional"`
}

// basicAuth is what one logs in with there.
type basicAuth struct {
	User         string `alloy:"username,attr"`
	PasswordFile string `alloy:"password_file,attr"`
}

type tlsConfig struct {
	Unverified bool `alloy:"insecure_skip_verify,attr,optional"`
}

func (e endpoint) isUnverified() bool { return e.TLS != nil && e.TLS.Unverified }

// flags are those of vmagent that say the same.
func (e endpoint) flags() map[string]string {
	flags := map[string]string{"remoteWrite.url": e.URL}
	if e.Login != nil {
		flags["remoteWrite.basicAuth.username"] = e.Login.User
		flags["remoteWrite.basicAuth.passwordFile"] = e.Login.PasswordFile
	}
	if e.isUnverified() {
		flags["remoteWrite.tlsInsecureSkipVerify"] = "true"
	}
	return flags
}

// client asks as the endpoint wants to be asked.
func (e endpoint) client() *http.Client {
	if !e.isUnverified() {
		return http.DefaultClient
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	return &http.Client{Transport: transport}
}

// authorize logs a request in; the file is read each time, as its content may change.
func (e endpoint) authorize(request *http.Request) error {
	if e.Login == nil {
		return nil
	}
	password, err := os.ReadFile(e.Login.PasswordFile)
	if err != nil {
		return fmt.Errorf("basic_auth: %w", err)
	}
	request.SetBasicAuth(e.Login.User, strings.TrimSpace(string(password)))
	return nil
}
