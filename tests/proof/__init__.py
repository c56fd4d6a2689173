"""What Veille promises about being seen, proved from outside: by what other machines see of it."""
