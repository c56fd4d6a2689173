"""What a word is, and its forms: ``analysis`` is the door, the others are the rules that it joins."""
