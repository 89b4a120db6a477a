package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// drain is how long open requests may take to end.
const drain = 5 * time.Second

// Server answers on all ports of a manifest.
type Server struct {
	manifest *Manifest
	health   *Health
	requests atomic.Int64
	servers  []*http.Server
}

// listen opens the ports; a port that is taken is an error.
func listen(manifest *Manifest, health *Health) (*Server, error) {
	server := &Server{manifest: manifest, health: health}
	for _, listener := range manifest.Listeners {
		open, err := net.Listen("tcp", listener.Address)
		if err != nil {
			return nil, err
		}
		part := &http.Server{Handler: server.handler(listener), ReadHeaderTimeout: drain}
		server.servers = append(server.servers, part)
		go func() {
			if err := part.Serve(open); err != http.ErrServerClosed {
				log.Fatal(err)
			}
		}()
	}
	return server, nil
}

func (s *Server) close() []error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	var problems []error
	for _, server := range s.servers {
		problems = append(problems, server.Shutdown(ctx))
	}
	return problems
}

func (s *Server) handler(listener Listener) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		s.requests.Add(1)
		response.Header().Set("X-Stand-In", s.manifest.Service)
		answer := s.answer(listener, request.URL.Path)
		if healthy, _ := s.health.state(); healthy && s.manifest.Accounts.takes(request) {
			answer = s.manifest.Accounts.answer(request, s.manifest.Database)
		}
		response.Header().Set("Content-Type", cmp.Or(answer.Type, "text/plain"))
		if answer.Location != "" {
			response.Header().Set("Location", answer.Location)
		}
		status := cmp.Or(answer.Status, http.StatusOK)
		response.WriteHeader(status)
		if _, err := io.WriteString(response, answer.Body); err != nil {
			log.Printf("%s %s: %v", request.Method, request.URL.Path, err)
		}
		log.Printf("%s %s %d", request.Method, request.URL.Path, status)
	})
}

func (s *Server) answer(listener Listener, path string) Answer {
	answer, found := match(listener.Paths, path)
	healthy, problem := s.health.state()
	switch {
	case !found:
		return Answer{Status: http.StatusNotFound, Body: fmt.Sprintf("the stand-in of %s has no %s\n", s.manifest.Service, path)}
	case answer.Metrics:
		return Answer{Type: "text/plain; version=0.0.4", Body: s.metrics(healthy)}
	case !healthy:
		return Answer{Status: http.StatusServiceUnavailable, Body: fmt.Sprintf("%s waits: %v\n", s.manifest.Service, problem)}
	}
	answer.Body = s.manifest.fill(answer.Body)
	return answer
}

// match is the answer to a path: its own, or that of the longest pattern it lies below.
func match(paths map[string]Answer, path string) (answer Answer, found bool) {
	if answer, found = paths[path]; found {
		return answer, true
	}
	longest := -1
	for pattern, candidate := range paths {
		prefix, isPattern := strings.CutSuffix(pattern, "*")
		if isPattern && strings.HasPrefix(path, prefix) && len(prefix) > longest {
			answer, found, longest = candidate, true, len(prefix)
		}
	}
	return answer, found
}

func (s *Server) metrics(healthy bool) string {
	state := 0
	if healthy {
		state = 1
	}
	return fmt.Sprintf(`# HELP stand_in_info What is played.
# TYPE stand_in_info gauge
stand_in_info{service=%q,version=%q} 1
# HELP stand_in_healthy Whether it reaches all that it needs.
# TYPE stand_in_healthy gauge
stand_in_healthy %d
# HELP stand_in_requests_total HTTP requests answered.
# TYPE stand_in_requests_total counter
stand_in_requests_total %d
`, s.manifest.Service, s.manifest.Version, state, s.requests.Load())
}
