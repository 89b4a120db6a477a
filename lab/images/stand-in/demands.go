package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// demands are all the reasons for which the real program would refuse to start, in one error.
func (m *Manifest) demands(arguments []string) error {
	var missing []error
	if !slices.Equal(arguments, m.Arguments) && !m.works(arguments) {
		missing = append(missing, fmt.Errorf("expected the arguments %q, found %q", m.Arguments, arguments))
	}
	for _, name := range m.Environment {
		if os.Getenv(name) == "" {
			missing = append(missing, fmt.Errorf("expected the environment variable %s, found none: set it", name))
		}
	}
	for _, file := range m.Files {
		missing = append(missing, readable(file))
	}
	for _, folder := range m.Folders {
		missing = append(missing, writable(folder))
	}
	return errors.Join(missing...)
}

func readable(name string) error {
	file := value(name)
	if file == "" {
		return fmt.Errorf("expected a file named by %s, found the variable empty: set it", name)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("expected a file that user %d may read: %w", os.Getuid(), err)
	}
	if len(content) == 0 {
		return fmt.Errorf("expected content in %s, found it empty", file)
	}
	return nil
}

func writable(folder string) error {
	file, err := os.CreateTemp(folder, ".stand-in-*")
	if err != nil {
		return fmt.Errorf("expected a folder that user %d may write to: %w", os.Getuid(), err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
