"""Cilantro's celery application, with the queue and the route that an administrator adds, and a broker in memory."""

from celery import Celery
from kombu import Exchange, Queue

celery_app = Celery("cilantro", broker="memory://", backend="cache+memory://")
celery_app.conf.task_queues = (
    Queue("default", Exchange("default", type="direct"), routing_key="default"),
    Queue("profilex", Exchange("profilex", type="direct"), routing_key="profilex"),
)
celery_app.conf.task_default_queue = "default"
celery_app.conf.task_default_exchange = "default"
celery_app.conf.task_default_routing_key = "default"
celery_app.conf.task_routes = {"profilex.*": {"queue": "profilex", "routing_key": "profilex"}}
