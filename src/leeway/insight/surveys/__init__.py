"""Questionnaires as data, and what their answers can and cannot say."""
