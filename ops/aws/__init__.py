"""What the commands ask AWS, and what AWS answers."""
