"""What leaves for a person: email, text message and post, written down first and sent by a job."""
